import { formatInterval, type Interval, ms } from "../time.ts";
import type { ActJudgement, ScenarioJudgement } from "./judgement.ts";
import { actOf } from "./words.ts";

/** What several trials of one scenario show that one alone does not. */

export interface Together {
  readonly trials: number;
  readonly proven: number;
  readonly recovery?: Interval;
  /** `10 of 10 trials as claimed, recovered in 4.10 to 6.31 s; at least 74 % of such recoveries are in time (95 % confidence)`. */
  readonly text: string;
}

/** How sure it is to be. */
const confidence = 0.95;

/** Of independent trials that all went well: the share of all such that does so at least (exact binomial bound, Clopper and Pearson). */
export const leastShare = (trials: number): number => (1 - confidence) ** (1 / trials);

/** From the shortest recovery's lower end to the longest one's upper end; undefined where none was measured. */
export function spreadOf(acts: readonly ActJudgement[]): Interval | undefined {
  const times = acts.flatMap((it) => it.recovery ?? []);
  if (times.length === 0) return undefined;
  return {
    atLeast: ms(Math.min(...times.map((it) => it.atLeast))),
    atMost: ms(Math.max(...times.map((it) => it.atMost))),
  };
}

export function together({ trial, again }: Pick<ScenarioJudgement, "trial" | "again">): Together {
  const trials = [trial, ...again];
  const proven = trials.filter((it) => it.outcome === "proven").length;
  const mains = trials.flatMap((it) => actOf(it, "main") ?? []);
  const recovery = spreadOf(mains);
  const recovers = mains.some((it) => it.verdict.kind === "recovered");
  const share = Math.floor(leastShare(trials.length) * 100);
  const text = [
    `${proven} of ${trials.length} trials as claimed${recovery ? `${recovers ? ", recovered" : ""} in ${formatInterval(recovery)}` : ""}`,
    ...(proven === trials.length
      ? [
          `at least ${share} % of all such ${recovers ? "recoveries are in time" : "trials are"} (${confidence * 100} % confidence)`,
        ]
      : []),
  ].join("; ");
  return { trials: trials.length, proven, ...(recovery ? { recovery } : {}), text };
}

import type { InconclusiveReason, Outcome } from "../judge/judgement.ts";
import { verdictOf } from "../judge/verdict.ts";
import { healerName, plain } from "../judge/words.ts";
import type { Healer } from "../scenario/schema.ts";
import { formatInterval, parseDuration } from "../time.ts";
import type { FinishedScenario } from "./finished-scenario.ts";

/** What a scenario that was run has to say to a question. Three-valued, as verdicts are. */

export interface Answer {
  /** What was asked: `to be proven`. */
  readonly asked: string;
  /** `proven`: it is so; `refuted`: it is not; `inconclusive`: nobody knows. */
  readonly outcome: Outcome;
  /** What the trials' own explanations do not say. */
  readonly why?: string;
}

type Finding = Omit<Answer, "asked">;

export const isProven = (of: FinishedScenario): Answer => ({ asked: "to be proven", outcome: of.judgement.outcome });

export function recoversWithin(of: FinishedScenario, text: string, healedBy?: Healer): Answer {
  const within = parseDuration(text);
  if (within === undefined)
    throw new TypeError(`wanted a duration with its unit, such as 250ms, 5s or 2m; got ${JSON.stringify(text)}`);
  const asked = `to recover within ${plain(within)}${healedBy === undefined ? "" : `, healed by ${healerName(healedBy)}`}`;
  const found: Finding[] = [of.judgement.trial, ...of.judgement.controls].map(({ outcome }) => ({ outcome }));
  const { recovery, attribution } = of.main ?? {};
  if (!recovery) found.push({ outcome: of.judgement.trial.outcome === "refuted" ? "refuted" : "inconclusive" });
  else {
    const { kind } = verdictOf(recovery, within);
    const took = `it took ${formatInterval(recovery)}`;
    if (kind === "too-slow") found.push({ outcome: "refuted", why: took });
    if (kind === "inconclusive") found.push({ outcome: "inconclusive", why: `${took}, and what is asked lies inside` });
  }
  if (recovery && attribution && healedBy !== undefined && attribution.healer !== healedBy)
    found.push({
      outcome: attribution.healer === "unknown" ? "inconclusive" : "refuted",
      why: `it was healed by ${healerName(attribution.healer)}`,
    });
  return { asked, ...deciding(found) };
}

export function neverRecovers({ main }: FinishedScenario): Answer {
  const kind = main?.verdict.kind ?? "inconclusive";
  const outcome = kind === "never-recovered" ? "proven" : kind === "inconclusive" ? "inconclusive" : "refuted";
  return { asked: "to never recover", outcome };
}

/** That nothing is known is known. */
export function isInconclusive({ judgement }: FinishedScenario, reason?: InconclusiveReason): Answer {
  const reasons = [judgement.trial, ...judgement.controls]
    .flatMap((it) => it.acts)
    .flatMap(({ verdict }) => (verdict.kind === "inconclusive" ? [verdict.reason] : []));
  const so = judgement.outcome === "inconclusive" && (reason === undefined || reasons.includes(reason));
  return {
    asked: `to be inconclusive${reason === undefined ? "" : `: ${reason}`}`,
    outcome: so ? "proven" : "refuted",
  };
}

/** One that refutes counts, else one that leaves it open; of equals the one that says why. */
function deciding(found: readonly Finding[]): Finding {
  const rank = ({ outcome, why }: Finding) =>
    (outcome === "refuted" ? 0 : outcome === "inconclusive" ? 2 : 4) + (why === undefined ? 1 : 0);
  const [first] = found.toSorted((a, b) => rank(a) - rank(b));
  return first ?? { outcome: "inconclusive" };
}

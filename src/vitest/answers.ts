import type { InconclusiveReason, Outcome, TrialJudgement } from "../judge/judgement.ts";
import { verdictOf } from "../judge/verdict.ts";
import { actOf, healerName, plain } from "../judge/words.ts";
import { trialsOf } from "../report/words.ts";
import type { Healer } from "../scenario/schema.ts";
import { type Duration, formatInterval, parseDuration } from "../time.ts";
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
  const { trial, again, controls } = of.judgement;
  const found: Finding[] = controls.map(({ outcome }) => ({ outcome }));
  for (const it of [trial, ...again]) found.push({ outcome: it.outcome }, ...oneRecovers(it, within, healedBy));
  return { asked, ...deciding(found) };
}

function oneRecovers(trial: TrialJudgement, within: Duration, healedBy: Healer | undefined): Finding[] {
  const { recovery, attribution } = actOf(trial, "main") ?? {};
  if (!recovery) return [{ outcome: trial.outcome === "refuted" ? "refuted" : "inconclusive" }];
  const found: Finding[] = [];
  const { kind } = verdictOf(recovery, within);
  const took = `it took ${formatInterval(recovery)}`;
  if (kind === "too-slow") found.push({ outcome: "refuted", why: took });
  if (kind === "inconclusive") found.push({ outcome: "inconclusive", why: `${took}, and what is asked lies inside` });
  if (attribution && healedBy !== undefined && attribution.healer !== healedBy)
    found.push({
      outcome: attribution.healer === "unknown" ? "inconclusive" : "refuted",
      why: `it was healed by ${healerName(attribution.healer)}`,
    });
  return found;
}

export function neverRecovers({ judgement: { trial, again } }: FinishedScenario): Answer {
  const found = [trial, ...again].map((it): Finding => {
    const kind = actOf(it, "main")?.verdict.kind ?? "inconclusive";
    return { outcome: kind === "never-recovered" ? "proven" : kind === "inconclusive" ? "inconclusive" : "refuted" };
  });
  return { asked: "to never recover", ...deciding(found) };
}

/** That nothing is known is known. */
export function isInconclusive({ judgement }: FinishedScenario, reason?: InconclusiveReason): Answer {
  const reasons = trialsOf(judgement).flatMap(({ doubt, acts }) => [
    ...(doubt ? [doubt] : []),
    ...acts.flatMap(({ verdict }) => (verdict.kind === "inconclusive" ? [verdict.reason] : [])),
  ]);
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

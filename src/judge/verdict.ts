import type { Act } from "../plan.ts";
import type { Duration, Interval } from "../time.ts";
import type { ActJudgement, Outcome, Verdict } from "./judgement.ts";

const reached = { recovery: "recovered", escalation: "escalated", holds: "held" } as const;
const notReached = { recovery: "never-recovered", escalation: "never-escalated", holds: "never-held" } as const;

export const neverReached = (goal: Act["goal"]): Verdict => ({ kind: notReached[goal] });

/** A time against its budget. The budget may lie inside the interval: then nobody can say. */
export function verdictOf({ atLeast, atMost }: Interval, budget: Duration, goal: Act["goal"] = "recovery"): Verdict {
  if (atMost <= budget) return { kind: reached[goal] };
  if (atLeast > budget) return { kind: "too-slow" };
  return { kind: "inconclusive", reason: "budget-inside-uncertainty" };
}

/**
 * Whether an act came out as claimed. A right recovery by the wrong healer does not, nor one that a corroboration denies;
 * where the healer or a corroboration is unknown, so is the outcome. Where no recovery may be seen, any is one too many,
 * whatever the budget says to it.
 */
export function outcomeOf(
  act: Pick<ActJudgement, "verdict" | "expected" | "recovery" | "attribution" | "corroboration" | "checks">,
  healedBy: ActJudgement["attribution"]["healer"],
): Outcome {
  const { verdict, expected, recovery, attribution, checks } = act;
  if (expected === "never-recovered") {
    if (recovery) return "refuted";
    return verdict.kind === "inconclusive" ? "inconclusive" : "proven";
  }
  const besides = [...act.corroboration, ...checks];
  // What may never be refutes the claim, whatever became of the recovery.
  if (checks.some((it) => it.agrees === "no")) return "refuted";
  if (verdict.kind === "inconclusive") return "inconclusive";
  if (!isReached(verdict)) return "refuted";
  const { healer } = attribution;
  if (healer !== healedBy && healer !== "unknown") return "refuted";
  if (besides.some((it) => it.agrees === "no")) return "refuted";
  return healer === healedBy && besides.every((it) => it.agrees === "yes") ? "proven" : "inconclusive";
}

const isReached = ({ kind }: Verdict) => Object.values<string>(reached).includes(kind);

/** Of several outcomes the one that counts, as exit codes do: one refuted refutes all; else one inconclusive leaves all open. None at all proves nothing. */
export function worst(of: readonly { readonly outcome: Outcome }[]): Outcome {
  if (of.some((it) => it.outcome === "refuted")) return "refuted";
  return of.length > 0 && of.every((it) => it.outcome === "proven") ? "proven" : "inconclusive";
}

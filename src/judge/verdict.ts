import type { Duration, Interval } from "../time.ts";
import type { ActJudgement, Outcome, Verdict } from "./judgement.ts";

/** A recovery time against its budget. The budget may lie inside the interval: then nobody can say. */
export function verdictOf({ atLeast, atMost }: Interval, budget: Duration): Verdict {
  if (atMost <= budget) return { kind: "recovered" };
  if (atLeast > budget) return { kind: "too-slow" };
  return { kind: "inconclusive", reason: "budget-inside-uncertainty" };
}

/**
 * Whether an act came out as claimed. A right recovery by the wrong healer does not, nor one that a corroboration denies;
 * where the healer or a corroboration is unknown, so is the outcome. Where no recovery may be seen, any is one too many,
 * whatever the budget says to it.
 */
export function outcomeOf(
  act: Pick<ActJudgement, "verdict" | "expected" | "recovery" | "attribution" | "corroboration">,
  healedBy: ActJudgement["attribution"]["healer"],
): Outcome {
  const { verdict, expected, recovery, attribution, corroboration } = act;
  if (expected === "never-recovered") {
    if (recovery) return "refuted";
    return verdict.kind === "never-recovered" ? "proven" : "inconclusive";
  }
  if (verdict.kind === "inconclusive") return "inconclusive";
  if (verdict.kind !== "recovered") return "refuted";
  const { healer } = attribution;
  if (healer !== healedBy && healer !== "unknown") return "refuted";
  if (corroboration.some((it) => it.agrees === "no")) return "refuted";
  return healer === healedBy && corroboration.every((it) => it.agrees === "yes") ? "proven" : "inconclusive";
}

/** Of several outcomes the one that counts, as exit codes do: one refuted refutes all; else one inconclusive leaves all open. None at all proves nothing. */
export function worst(of: readonly { readonly outcome: Outcome }[]): Outcome {
  if (of.some((it) => it.outcome === "refuted")) return "refuted";
  return of.length > 0 && of.every((it) => it.outcome === "proven") ? "proven" : "inconclusive";
}

import type { Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { judgeScenario } from "./scenario.ts";

/** Trials of one scenario belong together: the trial itself first, its controls beside it. */
export function judgeScenarios(judgements: readonly TrialJudgement[]): ScenarioJudgement[] {
  const trials = judgements.filter((it) => !it.control);
  return trials.map((trial) =>
    judgeScenario(
      trial,
      judgements.filter((it) => it.control && it.scenario === trial.scenario),
    ),
  );
}

/** Of several outcomes the one that counts: refuted before inconclusive before proven. No scenario at all proves nothing. */
export function worst(scenarios: readonly { readonly outcome: Outcome }[]): Outcome {
  if (scenarios.some((it) => it.outcome === "refuted")) return "refuted";
  return scenarios.length > 0 && scenarios.every((it) => it.outcome === "proven") ? "proven" : "inconclusive";
}

import type { Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { judgeScenario, judgeWithoutTrial } from "./scenario.ts";

/** Trials of one scenario belong together: the trial itself first, its controls beside it. No judgement is left out. */
export function judgeScenarios(judgements: readonly TrialJudgement[]): ScenarioJudgement[] {
  const trials = judgements.filter((it) => !it.control);
  const controls = Map.groupBy(
    judgements.filter((it) => it.control),
    keyOf,
  );
  const alone = [...controls].filter(([key]) => !trials.some((it) => keyOf(it) === key));
  return [
    ...trials.map((trial) => judgeScenario(trial, controls.get(keyOf(trial)) ?? [])),
    ...alone.flatMap(([, [first, ...others]]) => (first ? [judgeWithoutTrial(first, others)] : [])),
  ];
}

const keyOf = ({ scenario, variant }: TrialJudgement): string => JSON.stringify([scenario, variant]);

/** Of several outcomes the one that counts: refuted before inconclusive before proven. No scenario at all proves nothing. */
export function worst(scenarios: readonly { readonly outcome: Outcome }[]): Outcome {
  if (scenarios.some((it) => it.outcome === "refuted")) return "refuted";
  return scenarios.length > 0 && scenarios.every((it) => it.outcome === "proven") ? "proven" : "inconclusive";
}

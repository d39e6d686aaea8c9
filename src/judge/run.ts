import type { ScenarioJudgement, TrialJudgement } from "./judgement.ts";
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

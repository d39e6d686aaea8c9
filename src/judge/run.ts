import type { PlannedMatrix } from "../plan-matrix.ts";
import type { Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { type BrokenHealerJudgement, judgeMatrix, type MatrixJudgement } from "./matrix.ts";
import { judgeScenario, judgeWithoutTrial } from "./scenario.ts";
import { worst } from "./verdict.ts";

export interface RunJudgement {
  readonly scenarios: readonly ScenarioJudgement[];
  readonly matrix?: MatrixJudgement;
  readonly outcome: Outcome;
}

/** All that a run shows. The trials of its matrix are part of no scenario's verdict, but a matrix with a hole refutes the run. */
export function judgeRun(judgements: readonly TrialJudgement[], planned?: PlannedMatrix): RunJudgement {
  const ofMatrix = new Set(planned?.cells.flatMap(({ trial }) => trial ?? []));
  const scenarios = judgeScenarios(judgements.filter(({ id }) => !ofMatrix.has(id)));
  if (!planned) return { scenarios, outcome: worst(scenarios) };
  const matrix = judgeMatrix(
    planned,
    judgements.filter(({ id }) => ofMatrix.has(id)),
    scenarios,
  );
  return { scenarios, matrix, outcome: worst([...scenarios, matrix]) };
}

/** One broken healer of a matrix, as far as the judgements go: it needs its own trials and those of their scenarios, no more. */
export function judgeBrokenHealer(
  name: string,
  { healers, scenarios, cells }: PlannedMatrix,
  judgements: readonly TrialJudgement[],
): BrokenHealerJudgement {
  const alone = {
    healers: healers.filter((it) => it.name === name),
    scenarios,
    cells: cells.filter((it) => it.healer === name),
  };
  const [judged] = judgeRun(judgements, alone).matrix?.healers ?? [];
  if (!judged) throw new Error(`the matrix has no broken healer ${name}`);
  return judged;
}

/** Trials of one scenario belong together: the trial itself first, its repetitions and controls beside it. No judgement is left out. */
export function judgeScenarios(judgements: readonly TrialJudgement[]): ScenarioJudgement[] {
  const isFirst = ({ control, nth }: TrialJudgement) => control === undefined && nth === undefined;
  const trials = judgements.filter(isFirst);
  const others = Map.groupBy(
    judgements.filter((it) => !isFirst(it)),
    keyOf,
  );
  const alone = [...others].filter(([key]) => !trials.some((it) => keyOf(it) === key));
  return [
    ...trials.map((trial) => judgeScenario(trial, others.get(keyOf(trial)) ?? [])),
    ...alone.flatMap(([, [first, ...rest]]) => (first ? [judgeWithoutTrial(first, rest)] : [])),
  ];
}

const keyOf = ({ scenario, variant }: TrialJudgement): string => JSON.stringify([scenario, variant]);

import type { PlannedMatrix } from "../plan-matrix.ts";
import type { Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { type BrokenHealerJudgement, judgeMatrix, type MatrixJudgement } from "./matrix.ts";
import { judgeScenario, judgeWithoutTrial, type PlannedClaim } from "./scenario.ts";
import { worst } from "./verdict.ts";

export interface RunJudgement {
  readonly scenarios: readonly ScenarioJudgement[];
  readonly matrix?: MatrixJudgement;
  readonly outcome: Outcome;
}

/** What a run was asked for, whether or not it came to that. */
export interface Asked {
  readonly claims?: readonly PlannedClaim[];
  readonly matrix?: PlannedMatrix | undefined;
}

/** All that a run shows. The trials of its matrix are part of no scenario's verdict, but a matrix with a hole refutes the run. */
export function judgeRun(
  judgements: readonly TrialJudgement[],
  { claims = [], matrix: planned }: Asked = {},
): RunJudgement {
  const ofMatrix = new Set(planned?.cells.flatMap(({ trial }) => trial ?? []));
  const scenarios = judgeScenarios(
    judgements.filter(({ id }) => !ofMatrix.has(id)),
    claims,
  );
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
  const [judged] = judgeRun(judgements, { matrix: alone }).matrix?.healers ?? [];
  if (!judged) throw new Error(`the matrix has no broken healer ${name}`);
  return judged;
}

/**
 * Trials of one scenario belong together: the trial itself first, its repetitions and controls beside it. No judgement is left out, and
 * no claim that was to be tried.
 */
export function judgeScenarios(
  judgements: readonly TrialJudgement[],
  claims: readonly PlannedClaim[] = [],
): ScenarioJudgement[] {
  const isFirst = ({ control, nth }: TrialJudgement) => control === undefined && nth === undefined;
  const trials = judgements.filter(isFirst);
  const others = Map.groupBy(
    judgements.filter((it) => !isFirst(it)),
    keyOf,
  );
  const tried = new Set(trials.map(keyOf));
  const alone = [...others.values()].flatMap(([it]) => (it ? claimOf(it) : []));
  const untried = new Map(
    [...alone, ...claims].map((it) => [keyOf(it), it] as const).filter(([key]) => !tried.has(key)),
  );
  return [
    ...trials.map((trial) => judgeScenario(trial, others.get(keyOf(trial)) ?? [])),
    ...[...untried].map(([key, claim]) => judgeWithoutTrial(claim, others.get(key) ?? [])),
  ];
}

const keyOf = ({ scenario, variant }: PlannedClaim): string => JSON.stringify([scenario, variant]);

/** The claim that one of a scenario's other trials is of, as far as that one knows. */
function claimOf({ scenario, claim, variant }: TrialJudgement): PlannedClaim {
  const known = { scenario, claim, again: [], controls: [] };
  return variant === undefined
    ? { id: scenario, ...known }
    : { id: `${scenario}/variant-${variant}`, ...known, variant };
}

import type { TrialJudgement } from "./judge/judgement.ts";
import { judgeRun } from "./judge/run.ts";
import type { TrialPlan } from "./plan.ts";
import type { PlannedCell, PlannedMatrix, planMatrix } from "./plan-matrix.ts";

/** Enough that no place in a run stays free: one trial is measured, one starts, one waits for nothing to happen. */
const atATime = 3;

export interface MatrixRunOptions {
  /** Runs one trial. Its rejection is for the caller to tell. */
  readonly run: (plan: TrialPlan) => Promise<unknown>;
  /** Of all trials that are over, also those of the scenarios with their healers whole. */
  readonly judged: () => readonly TrialJudgement[];
  /** Runs every cell, whatever the others have shown. */
  readonly whole: boolean;
}

/**
 * Runs a matrix's trials until each broken healer is caught and each scenario has caught one. What could only show again what is known is
 * left out, and the matrix says so; its outcome is the same.
 */
export async function runMatrix(
  { matrix, trials }: ReturnType<typeof planMatrix>,
  { run, judged, whole }: MatrixRunOptions,
): Promise<void> {
  if (whole) {
    await Promise.allSettled(trials.map(run));
    return;
  }
  const left = new Map(trials.map((it) => [it.id, it]));
  const underWay = new Map<PlannedCell, Promise<unknown>>();
  for (;;) {
    const cell = underWay.size < atATime ? nextOf(matrix, judged(), left, [...underWay.keys()]) : undefined;
    const plan = left.get(cell?.trial ?? "");
    if (cell && plan) {
      left.delete(plan.id);
      const over = () => underWay.delete(cell);
      underWay.set(cell, run(plan).then(over, over));
    } else if (underWay.size > 0) await Promise.race(underWay.values());
    else return;
  }
}

/** The cell that may show most that is new: two things before one. What those under way may show is waited for. */
function nextOf(
  matrix: PlannedMatrix,
  judged: readonly TrialJudgement[],
  left: ReadonlyMap<string, TrialPlan>,
  underWay: readonly PlannedCell[],
): PlannedCell | undefined {
  const shown = judgeRun(judged, { matrix }).matrix;
  const uncaught = new Set(shown?.healers.filter((it) => it.outcome !== "proven").map(({ name }) => name));
  const idle = new Set(shown?.scenarios.filter((it) => it.role !== "catches").map(({ name }) => name));
  for (const { healer, scenario } of underWay) {
    uncaught.delete(healer);
    idle.delete(scenario);
  }
  const open = matrix.cells.filter(({ trial }) => trial !== undefined && left.has(trial));
  return (
    open.find(({ healer, scenario }) => uncaught.has(healer) && idle.has(scenario)) ??
    open.find(({ healer, scenario }) => uncaught.has(healer) || idle.has(scenario))
  );
}

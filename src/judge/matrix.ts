import type { PlannedCell, PlannedMatrix } from "../plan-matrix.ts";
import type { InconclusiveReason, Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { worst } from "./verdict.ts";
import { listed } from "./words.ts";

/**
 * Whether the scenarios notice a broken healer. A catch is a scenario that is proven with its healers whole and refuted with one of
 * them broken; a broken healer that nothing catches is a hole: the scenarios would say the same of a stack that does not heal.
 */
export interface MatrixJudgement extends PlannedMatrix {
  readonly healers: readonly BrokenHealerJudgement[];
  readonly scenarios: readonly MatrixScenario[];
  readonly cells: readonly MatrixCell[];
  /** Proven if every broken healer is caught, refuted if there is a hole, else inconclusive. */
  readonly outcome: Outcome;
}

export interface BrokenHealerJudgement {
  readonly name: string;
  readonly breaks: PlannedMatrix["healers"][number]["breaks"];
  readonly what: string;
  readonly outcome: Outcome;
  /** One sentence: what catches it, or why nothing does. */
  readonly explanation: string;
}

export interface MatrixScenario {
  readonly name: string;
  /** `catches-nothing`: though broken healers concern it. `not-concerned`: none does. */
  readonly role: "catches" | "catches-nothing" | "unsure" | "not-concerned";
}

/**
 * `caught`: refuted against the broken healer. `missed`: proven against it. `not-needed`: not run, while others catch the broken healer
 * and the scenario catches another.
 */
export type CellState = "caught" | "missed" | "unsure" | "not-needed" | "not-concerned";

export interface MatrixCell extends PlannedCell {
  readonly state: CellState;
  /** Of what is unsure because its trial was. */
  readonly reason?: InconclusiveReason;
  /** One sentence for people. */
  readonly text: string;
}

/** `planned` may be a matrix that was judged before. `judgements` are those of the trials against broken healers. */
export function judgeMatrix(
  planned: PlannedMatrix,
  judgements: readonly TrialJudgement[],
  claims: readonly ScenarioJudgement[],
): MatrixJudgement {
  const trials = new Map(judgements.map((it) => [it.id, it]));
  const own = claims.filter(({ trial }) => trial.variant === undefined);
  const whole = new Map(own.map((it) => [it.scenario, it.trial.outcome]));
  const cells = withoutNeedless(
    planned.cells.map((it) =>
      judgeCell(it, it.trial === undefined ? undefined : trials.get(it.trial), whole.get(it.scenario)),
    ),
    trials,
  );
  const healers = planned.healers.map((it) =>
    judgeHealer(
      it,
      cells.filter(({ healer }) => healer === it.name),
    ),
  );
  const scenarios = planned.scenarios.map(
    ({ name }): MatrixScenario => ({ name, role: roleOf(cells.filter(({ scenario }) => scenario === name)) }),
  );
  return { healers, scenarios, cells, outcome: worst(healers) };
}

function judgeCell(
  { scenario, healer, trial, whyNot }: PlannedCell,
  judged: TrialJudgement | undefined,
  whole: Outcome | undefined,
): MatrixCell {
  const pair = { scenario, healer };
  if (trial === undefined) {
    const why = whyNot ?? "it is no concern of this scenario";
    return { ...pair, whyNot: why, state: "not-concerned", text: why };
  }
  const cell = { ...pair, trial };
  if (!judged) return { ...cell, state: "unsure", text: "its trial was not run" };
  const { outcome, explanation, acts } = judged;
  const text = explanation.replace(/^inconclusive: /, "");
  if (outcome === "proven") return { ...cell, state: "missed", text };
  if (outcome === "inconclusive") {
    const reasons = acts.flatMap(({ verdict }) => (verdict.kind === "inconclusive" ? verdict.reason : []));
    const reason = judged.doubt ?? reasons[0];
    return { ...cell, state: "unsure", ...(reason === undefined ? {} : { reason }), text };
  }
  if (whole === "proven") return { ...cell, state: "caught", text };
  const doubt =
    whole === "refuted"
      ? "it is refuted with its healers whole, too, so this shows nothing"
      : "nothing shows that it is proven with its healers whole, so this shows nothing";
  return { ...cell, state: "unsure", text: `${doubt}: ${text}` };
}

/** What was not run leaves nothing open where it could only have shown once more what the others do. */
function withoutNeedless(cells: readonly MatrixCell[], ran: ReadonlyMap<string, TrialJudgement>): MatrixCell[] {
  const caught = cells.filter((it) => it.state === "caught");
  return cells.map((cell) => {
    const { scenario, healer, trial } = cell;
    if (trial === undefined || ran.has(trial)) return cell;
    const [by] = caught.filter((it) => it.healer === healer);
    const [other] = caught.filter((it) => it.scenario === scenario);
    if (!by || !other) return cell;
    const text = `not run: ${by.scenario} catches this broken healer, and this scenario catches ${other.healer}`;
    return { scenario, healer, trial, state: "not-needed", text };
  });
}

function judgeHealer(
  { name, breaks, what }: PlannedMatrix["healers"][number],
  cells: readonly MatrixCell[],
): BrokenHealerJudgement {
  const by = (state: CellState) => cells.filter((it) => it.state === state).map(({ scenario }) => scenario);
  const [caught, missed, unsure] = [by("caught"), by("missed"), by("unsure")];
  const healer = { name, breaks, what };
  if (caught.length > 0) return { ...healer, outcome: "proven", explanation: `caught by ${listed(caught)}` };
  const missedBy = missed.length > 0 ? [`missed by ${listed(missed)}`] : [];
  if (unsure.length > 0) {
    const explanation = ["caught by nothing for sure", `unsure of ${listed(unsure)}`, ...missedBy].join("; ");
    return { ...healer, outcome: "inconclusive", explanation };
  }
  const explanation = `a hole: ${missedBy[0] ?? "no scenario is concerned by it"}`;
  return { ...healer, outcome: "refuted", explanation };
}

function roleOf(cells: readonly MatrixCell[]): MatrixScenario["role"] {
  const any = (state: CellState) => cells.some((it) => it.state === state);
  if (any("caught")) return "catches";
  if (any("unsure")) return "unsure";
  return any("missed") ? "catches-nothing" : "not-concerned";
}

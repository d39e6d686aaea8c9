import { describe, expect, test } from "vitest";
import type { TrialJudgement } from "./judge/judgement.ts";
import { judgeRun } from "./judge/run.ts";
import { type Story, tell } from "./judge/testing/journal-builder.ts";
import { judgeTrial } from "./judge/trial.ts";
import { runMatrix } from "./matrix-run.ts";
import type { TrialPlan } from "./plan.ts";
import type { PlannedMatrix } from "./plan-matrix.ts";

/** Which scenario would catch what. The others would miss it. */
type Catches = Readonly<Record<string, readonly string[]>>;

const never: Story = { down: [[5001, Number.POSITIVE_INFINITY]], until: 16_000, and: [] };
const journalOf = (id: string, scenario: string, story: Story, variant?: string) =>
  tell({ ...story, plan: { id, scenario, ...(variant === undefined ? {} : { variant }) } });

function planned(scenarios: readonly string[], healers: readonly string[]) {
  const pairs = healers.flatMap((healer) => scenarios.map((scenario) => ({ scenario, healer })));
  const idOf = (pair: (typeof pairs)[number]) => `${pair.scenario}/variant-${pair.healer}`;
  const matrix: PlannedMatrix = {
    healers: healers.map((name) => ({ name, breaks: "watchdog", what: `It is ${name}` })),
    scenarios: scenarios.map((name) => ({ name })),
    cells: pairs.map((it) => ({ ...it, trial: idOf(it) })),
  };
  const trials = pairs.map((it): TrialPlan => {
    const [header] = journalOf(idOf(it), it.scenario, {}, it.healer);
    if (header?.kind !== "header") throw new Error("a journal begins with its plan");
    return header.plan;
  });
  return { matrix, trials };
}

/** Runs it; trials end in the order in which they began. What was run, how many at a time, and what the matrix says. */
async function ran(
  { matrix, trials }: ReturnType<typeof planned>,
  catches: Catches,
  { whole = false, refuse = [] as readonly string[] } = {},
) {
  const judged: TrialJudgement[] = matrix.scenarios.map(({ name }) => judgeTrial(journalOf(name, name, {})));
  const begun: string[] = [];
  let [underWay, most] = [0, 0];
  await runMatrix(
    { matrix, trials },
    {
      run: async ({ id, scenario, variant = "" }) => {
        begun.push(id);
        most = Math.max(most, ++underWay);
        await new Promise(setImmediate);
        underWay--;
        if (refuse.includes(id)) throw new Error("it never began");
        judged.push(judgeTrial(journalOf(id, scenario, catches[scenario]?.includes(variant) ? never : {}, variant)));
      },
      judged: () => judged,
      whole,
    },
  );
  return { begun, most, matrix: judgeRun(judged, { matrix }).matrix };
}

describe("a matrix is run until each broken healer is caught and each scenario has caught one", () => {
  const healers = ["blind", "lame", "wrong"];

  test("and what could only show that again is left out", async () => {
    const all = { hang: healers, crash: healers, full: healers };
    const { begun, matrix } = await ran(planned(Object.keys(all), healers), all);
    expect(begun.length).toBe(3);
    expect(matrix?.healers.map((it) => it.outcome)).toEqual(["proven", "proven", "proven"]);
    expect(matrix?.scenarios.map((it) => it.role)).toEqual(["catches", "catches", "catches"]);
    expect(matrix?.cells.filter((it) => it.state === "not-needed")).toHaveLength(6);
  });

  test("but what no scenario catches is tried by all of them, and a scenario that catches nothing against all", async () => {
    const { begun, matrix } = await ran(planned(["hang", "crash", "idle"], healers), {
      hang: ["blind", "wrong"],
      crash: ["blind", "wrong"],
    });
    for (const it of ["hang", "crash", "idle"]) expect(begun).toContain(`${it}/variant-lame`);
    for (const it of healers) expect(begun).toContain(`idle/variant-${it}`);
    expect(matrix?.healers.find((it) => it.name === "lame")?.explanation).toBe(
      "a hole: missed by hang, crash and idle",
    );
    expect(matrix?.scenarios.find((it) => it.name === "idle")?.role).toBe("catches-nothing");
    expect(matrix?.cells.some((it) => it.state === "unsure")).toBe(false);
  });

  test("with no more under way than a run has places for", async () => {
    const { most } = await ran(planned(["a", "b", "c", "d", "e"], ["1", "2", "3", "4", "5"]), {});
    expect(most).toBe(3);
  });

  test("and one that never began does not end it: others may catch the same", async () => {
    const { begun, matrix } = await ran(
      planned(["hang", "crash"], ["blind"]),
      { crash: ["blind"] },
      { refuse: ["hang/variant-blind"] },
    );
    expect(begun).toEqual(["hang/variant-blind", "crash/variant-blind"]);
    expect(matrix?.outcome).toBe("proven");
    expect(matrix?.cells.map((it) => it.state)).toEqual(["unsure", "caught"]);
  });

  test("unless all of it is asked for", async () => {
    const all = { hang: healers, crash: healers };
    const { begun } = await ran(planned(Object.keys(all), healers), all, { whole: true });
    expect(begun.length).toBe(6);
  });
});

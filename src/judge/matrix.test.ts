import { describe, expect, test } from "vitest";
import type { PlannedMatrix } from "../plan-matrix.ts";
import { judgeMatrix, type MatrixJudgement } from "./matrix.ts";
import { judgeBrokenHealer, judgeRun } from "./run.ts";
import { type Story, tell } from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

/** What became of a trial, as its journal tells it. */
const stories = {
  recovers: {},
  neverRecovers: { down: [[5001, Number.POSITIVE_INFINITY]], until: 16_000, and: [] },
  isInterrupted: { end: "interrupted", until: 6000, down: [[5001, Number.POSITIVE_INFINITY]], and: [] },
} as const satisfies Record<string, Story>;
type Told = keyof typeof stories;

const judged = (id: string, scenario: string, told: Told, variant?: string) =>
  judgeTrial(tell({ ...stories[told], plan: { id, scenario, ...(variant === undefined ? {} : { variant }) } }));

/** Scenarios by their own trial's story, and against each broken healer: a story, why not, or a trial that was not run. */
type Row = { readonly whole: Told; readonly against: Readonly<Record<string, Told | "not-run" | { whyNot: string }>> };

function matrixOf(rows: Readonly<Record<string, Row>>): {
  planned: PlannedMatrix;
  judgements: ReturnType<typeof judged>[];
} {
  const names = [...new Set(Object.values(rows).flatMap(({ against }) => Object.keys(against)))];
  const idOf = (scenario: string, healer: string) => `${scenario}/variant-${healer}`;
  const pairs = Object.entries(rows).flatMap(([scenario, { against }]) =>
    Object.entries(against).map(([healer, told]) => ({ scenario, healer, told })),
  );
  return {
    planned: {
      healers: names.map((name) => ({ name, breaks: "watchdog", what: `It is ${name}` })),
      scenarios: Object.keys(rows).map((name) => ({ name })),
      cells: pairs.map(({ scenario, healer, told }) => ({
        scenario,
        healer,
        ...(typeof told === "object" ? told : { trial: idOf(scenario, healer) }),
      })),
    },
    judgements: [
      ...Object.entries(rows).map(([name, { whole }]) => judged(name, name, whole)),
      ...pairs.flatMap(({ scenario, healer, told }) =>
        typeof told === "object" || told === "not-run" ? [] : judged(idOf(scenario, healer), scenario, told, healer),
      ),
    ],
  };
}

function judge(rows: Readonly<Record<string, Row>>) {
  const { planned, judgements } = matrixOf(rows);
  const run = judgeRun(judgements, { matrix: planned });
  if (!run.matrix) throw new Error("a run with a matrix has one");
  return { ...run, matrix: run.matrix };
}

const states = ({ cells }: MatrixJudgement) => cells.map(({ scenario, healer, state }) => [scenario, healer, state]);
const roles = ({ scenarios }: MatrixJudgement) => Object.fromEntries(scenarios.map((it) => [it.name, it.role]));
const whyNot = "it does not start watchdog";

describe("a cell", () => {
  test("is caught where the scenario is refuted, missed where it is proven, unsure where it is neither", () => {
    const { matrix } = judge({
      hang: { whole: "recovers", against: { blind: "neverRecovers", lame: "recovers", wrong: "isInterrupted" } },
    });
    expect(states(matrix)).toEqual([
      ["hang", "blind", "caught"],
      ["hang", "lame", "missed"],
      ["hang", "wrong", "unsure"],
    ]);
    expect(matrix.cells.map((it) => it.text)).toEqual([
      "did not come back in 11.0 s (budget 5 s)",
      "back in 1.19 to 2.16 s (budget 5 s), healed by the restart policy",
      "the trial was interrupted",
    ]);
    expect(matrix.cells.map((it) => it.reason)).toEqual([undefined, undefined, "interrupted"]);
  });

  test("whose trial was not run is unsure", () => {
    const { matrix } = judge({ hang: { whole: "recovers", against: { blind: "not-run" } } });
    expect(matrix.cells[0]).toMatchObject({ state: "unsure", text: "its trial was not run" });
  });

  test("whose trial was not run is not needed where others catch its broken healer and its scenario catches another", () => {
    const { matrix } = judge({
      hang: { whole: "recovers", against: { blind: "neverRecovers", lame: "not-run" } },
      crash: { whole: "recovers", against: { blind: "not-run", lame: "neverRecovers" } },
    });
    expect(matrix.cells.map(({ state, text }) => [state, text])).toEqual([
      ["caught", expect.any(String)],
      ["not-needed", "not run: crash catches this broken healer, and this scenario catches blind"],
      ["not-needed", "not run: hang catches this broken healer, and this scenario catches lame"],
      ["caught", expect.any(String)],
    ]);
    expect(roles(matrix)).toEqual({ hang: "catches", crash: "catches" });
  });

  test.each([
    ["nothing else catches its broken healer", { blind: "neverRecovers", lame: "not-run" }, "recovers"],
    ["its scenario catches no other", { blind: "recovers", lame: "not-run" }, "neverRecovers"],
  ] as const)("whose trial was not run is unsure where %s", (_, against, byAnother) => {
    const { matrix } = judge({
      hang: { whole: "recovers", against },
      crash: { whole: "recovers", against: { lame: byAnother } },
    });
    expect(matrix.cells.find((it) => it.scenario === "hang" && it.healer === "lame")?.state).toBe("unsure");
  });

  test("that is inconclusive is needed all the same: it was run", () => {
    const { matrix } = judge({
      hang: { whole: "recovers", against: { blind: "neverRecovers", lame: "isInterrupted" } },
      crash: { whole: "recovers", against: { lame: "neverRecovers" } },
    });
    expect(matrix.cells.map((it) => it.state)).toEqual(["caught", "unsure", "caught"]);
  });

  test("that is no concern of its scenario was not passed, and says why", () => {
    const { matrix } = judge({ hang: { whole: "recovers", against: { blind: { whyNot } } } });
    expect(matrix.cells[0]).toEqual({
      scenario: "hang",
      healer: "blind",
      whyNot,
      state: "not-concerned",
      text: whyNot,
    });
  });

  test("catches nothing if its scenario is refuted with its healers whole, too", () => {
    const { matrix } = judge({ hang: { whole: "neverRecovers", against: { blind: "neverRecovers" } } });
    expect(matrix.cells[0]).toMatchObject({
      state: "unsure",
      text: expect.stringMatching(
        /^it is refuted with its healers whole, too, so this shows nothing: did not come back/,
      ),
    });
  });

  test("catches nothing if nobody knows that its scenario is proven with its healers whole", () => {
    const open = judge({ hang: { whole: "isInterrupted", against: { blind: "neverRecovers" } } });
    expect(open.matrix.cells[0]?.state).toBe("unsure");
    const { planned, judgements } = matrixOf({ hang: { whole: "recovers", against: { blind: "neverRecovers" } } });
    const { matrix } = judgeRun(
      judgements.filter((it) => it.variant !== undefined),
      { matrix: planned },
    );
    expect(matrix?.cells[0]?.text).toMatch(/^nothing shows that it is proven with its healers whole/);
  });

  test("takes no other trial on a changed stack for the scenario's own", () => {
    const { planned, judgements } = matrixOf({ hang: { whole: "recovers", against: { blind: "neverRecovers" } } });
    const other = judged("hang/variant-toothless", "hang", "isInterrupted", "toothless");
    const { matrix } = judgeRun([...judgements, other], { matrix: planned });
    expect(matrix?.cells[0]?.state).toBe("caught");
  });
});

describe("a matrix", () => {
  test("is whole if each broken healer is caught by a scenario, whatever others miss or leave open", () => {
    const { matrix, outcome } = judge({
      hang: { whole: "recovers", against: { blind: "neverRecovers", timid: "recovers" } },
      full: { whole: "recovers", against: { blind: "isInterrupted", timid: "neverRecovers" } },
    });
    expect(matrix.healers.map(({ name, outcome, explanation }) => [name, outcome, explanation])).toEqual([
      ["blind", "proven", "caught by hang"],
      ["timid", "proven", "caught by full"],
    ]);
    expect(matrix.outcome).toBe("proven");
    expect(outcome).toBe("proven");
  });

  test("with a broken healer that every scenario misses has a hole, and refutes the run whose claims are all proven", () => {
    const { matrix, outcome, scenarios } = judge({
      hang: { whole: "recovers", against: { blind: "neverRecovers", timid: "recovers" } },
      full: { whole: "recovers", against: { timid: "recovers" } },
    });
    expect(matrix.healers[1]).toMatchObject({
      outcome: "refuted",
      explanation: "a hole: missed by hang and full",
    });
    expect(scenarios.map((it) => it.outcome)).toEqual(["proven", "proven"]);
    expect([matrix.outcome, outcome]).toEqual(["refuted", "refuted"]);
  });

  test("with a broken healer that concerns no scenario has a hole", () => {
    const { matrix } = judge({ hang: { whole: "recovers", against: { deaf: { whyNot } } } });
    expect(matrix.healers[0]).toMatchObject({
      outcome: "refuted",
      explanation: "a hole: no scenario is concerned by it",
    });
  });

  test("in which only an unsure cell could have caught a broken healer is open, not whole and no hole", () => {
    const { matrix, outcome } = judge({
      hang: { whole: "recovers", against: { blind: "isInterrupted" } },
      full: { whole: "recovers", against: { blind: "recovers" } },
    });
    expect(matrix.healers[0]).toMatchObject({
      outcome: "inconclusive",
      explanation: "caught by nothing for sure; unsure of hang; missed by full",
    });
    expect([matrix.outcome, outcome]).toEqual(["inconclusive", "inconclusive"]);
  });

  test("names what catches nothing though it is concerned, and what nothing concerns", () => {
    const { matrix } = judge({
      hang: { whole: "recovers", against: { blind: "neverRecovers", lame: "recovers" } },
      crash: { whole: "recovers", against: { blind: "recovers", lame: { whyNot } } },
      slow: { whole: "recovers", against: { blind: "recovers", lame: "isInterrupted" } },
      lone: { whole: "recovers", against: { blind: { whyNot }, lame: { whyNot } } },
    });
    expect(roles(matrix)).toEqual({
      hang: "catches",
      crash: "catches-nothing",
      slow: "unsure",
      lone: "not-concerned",
    });
  });

  test("judged again from what was judged before is the same, whatever that had said", () => {
    const rows = {
      hang: { whole: "recovers", against: { blind: "neverRecovers", lame: "recovers", wrong: { whyNot } } },
    } as const;
    const { planned, judgements } = matrixOf(rows);
    const { matrix, scenarios } = judge(rows);
    const trials = judgements.filter((it) => it.variant !== undefined);
    expect(judgeMatrix(matrix, trials, scenarios)).toEqual(matrix);
    // Written by a healproof that judged otherwise.
    const old: MatrixJudgement = {
      ...matrix,
      outcome: "refuted",
      cells: matrix.cells.map((it) => ({ ...it, state: "unsure", reason: "observer-gap", text: "old" })),
      healers: matrix.healers.map((it) => ({ ...it, outcome: "refuted", explanation: "old" })),
      scenarios: matrix.scenarios.map((it) => ({ ...it, role: "unsure" })),
    };
    expect(judgeMatrix(old, trials, scenarios)).toEqual(matrix);
    expect(judgeMatrix(planned, trials, scenarios)).toEqual(matrix);
  });
});

test("a broken healer is judged from its own trials and their scenarios' alone", () => {
  const rows = {
    hang: { whole: "recovers", against: { blind: "neverRecovers", lame: "recovers" } },
    full: { whole: "recovers", against: { blind: "recovers", lame: "neverRecovers" } },
  } as const;
  const { planned, judgements } = matrixOf(rows);
  const without = (...ids: string[]) => judgements.filter((it) => !ids.includes(it.id));
  const blind = judgeBrokenHealer("blind", planned, without("hang/variant-lame", "full/variant-lame", "full"));
  expect(blind).toEqual(judge(rows).matrix.healers[0]);
  expect(judgeBrokenHealer("blind", planned, without("hang")).outcome).toBe("inconclusive");
  expect(judgeBrokenHealer("lame", planned, without("full/variant-lame")).explanation).toBe(
    "caught by nothing for sure; unsure of full; missed by hang",
  );
  expect(() => judgeBrokenHealer("nobody", planned, judgements)).toThrow("no broken healer nobody");
});

test("a run without a matrix is its scenarios", () => {
  const run = judgeRun([judged("hang", "hang", "recovers")]);
  expect(run).not.toHaveProperty("matrix");
  expect(run.outcome).toBe("proven");
});

test("the trials of a matrix are part of no scenario's verdict", () => {
  const { planned, judgements } = matrixOf({ hang: { whole: "recovers", against: { blind: "neverRecovers" } } });
  expect(judgeRun(judgements, { matrix: planned }).scenarios.map((it) => it.trial.id)).toEqual(["hang"]);
});

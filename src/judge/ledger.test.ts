import { describe, expect, test } from "vitest";
import { seconds } from "../time.ts";
import { type Learned, type Story, span, tell } from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

const plan = { ledger: { service: "ledger", check: ["ledger", "check"], within: seconds(30) } };

const found = (lost: string[], doubled: string[] = [], open = 0): Learned => ({
  at: 12_250,
  fact: {
    kind: "ledger",
    when: span(12_210, 12_250),
    acknowledged: 431,
    present: 431 - lost.length,
    lost,
    doubled,
    indeterminate: { present: open, absent: 0 },
  },
});
const and = (...learned: Learned[]) => learned;
const recovered = tell().filter((it) => it.kind === "engine" || it.kind === "container");

/** The story of a recovery by the restart policy, with what a ledger found. */
function judged(learned: Learned[], end: "completed" | "failed" = "completed", of: Story["plan"] = plan) {
  const happened = recovered.map((it): Learned => {
    const { seq: _seq, at, ...fact } = it;
    return { at, fact };
  });
  return judgeTrial(tell({ plan: of, and: [...happened, ...learned], end }));
}

describe("a recovery", () => {
  test("after which all that was acknowledged is there stays proven, and the report says how much that is", () => {
    const trial = judged(and(found([], [], 2)));
    expect(trial.outcome).toBe("proven");
    expect(trial.ledger?.evidence.text).toBe(
      "all 431 acknowledged operations are there, each once (2 were never answered)",
    );
    expect(trial.ledger?.evidence.seqs).toHaveLength(1);
  });

  test.each([
    ["lost", found(["k-1"]), "of 431 acknowledged operations 1 is lost (k-1): a recovery that lost data is none"],
    [
      "doubled",
      found([], ["k-1", "k-2"]),
      "of 431 acknowledged operations 2 are there twice (k-1, k-2): a recovery that lost data is none",
    ],
    [
      "lost, of which only some are named",
      found(["a", "b", "c", "d"], ["e"]),
      "of 431 acknowledged operations 4 are lost (a, b, c, …) and 1 is there twice (e): a recovery that lost data is none",
    ],
  ])("after which an operation is %s is refuted, however soon it was", (_what, ledger, text) => {
    const trial = judged(and(ledger));
    expect(trial.acts[0]?.outcome).toBe("proven");
    expect(trial.outcome).toBe("refuted");
    expect(trial.explanation).toContain(text);
  });

  test("whose ledger was never asked is inconclusive, also where the journal looks complete", () => {
    expect(judged([]).outcome).toBe("inconclusive");
    expect(judged([]).explanation).toContain("the ledger was not asked");
    expect(judged([], "failed").outcome).toBe("inconclusive");
  });

  describe("in a control in which data must be lost", () => {
    const losing = { ledger: { ...plan.ledger, lossExpected: true } } as const;
    const lossJudged = (learned: Learned[]) => judged(learned, "completed", losing);

    test("of which the ledger says so is as claimed", () => {
      const trial = lossJudged(and(found(["k-1", "k-2"])));
      expect(trial.outcome).toBe("proven");
      expect(trial.ledger?.evidence.text).toBe(
        "of 431 acknowledged operations 2 are lost (k-1, k-2): as it must be said here",
      );
    });

    test.each([
      ["all is there", found([]), "this ledger has not shown that it notices"],
      ["something is there twice besides", found(["k-1"], ["k-2"]), "1 is there twice"],
    ])("after which %s is refuted", (_what, ledger, text) => {
      const trial = lossJudged(and(ledger));
      expect(trial.outcome).toBe("refuted");
      expect(trial.explanation).toContain(text);
    });

    test("whose ledger was never asked is inconclusive", () => {
      expect(lossJudged([]).outcome).toBe("inconclusive");
    });
  });

  test("of a scenario without a ledger needs none", () => {
    expect(judgeTrial(tell()).outcome).toBe("proven");
  });
});

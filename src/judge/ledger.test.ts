import { describe, expect, test } from "vitest";
import type { TrialPlan } from "../plan.ts";
import { ms, seconds } from "../time.ts";
import {
  actOf,
  apiRestart,
  type Learned,
  phase,
  type Story,
  sampled,
  span,
  tell,
  watchdogCounter,
  watchdogCounts,
} from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

const plan = { ledger: { service: "ledger", check: ["ledger", "check"], within: seconds(30) } };

const found = (lost: string[], doubled: string[] = [], open = 0, last: number | "untold" = 12_200): Learned => ({
  at: 12_250,
  fact: {
    kind: "ledger",
    when: span(12_210, 12_250),
    acknowledged: 431,
    ...(last === "untold" ? {} : { lastAcknowledged: span(last - 2, last) }),
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

  test.each([
    ["before the fault", 4990],
    ["between the fault and the recovery", 6100],
  ])("after which nothing was acknowledged (the last %s) is inconclusive, and says why", (_what, last) => {
    const trial = judged(and(found([], [], 0, last)));
    expect(trial.acts[0]?.outcome).toBe("proven");
    expect(trial.outcome).toBe("inconclusive");
    const { latest = 0 } = trial.acts[0]?.recoveredAt ?? {};
    expect(trial.explanation).toContain(
      `the last operation of the ledger was acknowledged at ${(last / 1000).toFixed(3)} s, and the recovery was at ${(latest / 1000).toFixed(3)} s`,
    );
    expect(trial.explanation).toContain("evidence/ledger.log");
  });

  test.each([
    ["after which", plan],
    [
      "in a control in which data must be lost, after which",
      { ledger: { ...plan.ledger, lossExpected: true as const } },
    ],
  ])("%s the ledger has nothing acknowledged is inconclusive: what is not there cannot be lost", (_what, of) => {
    const { at, fact } = found([], [], 3, "untold");
    const none = { at, fact: fact.kind === "ledger" ? { ...fact, acknowledged: 0, present: 0 } : fact };
    const trial = judged(and(none), "completed", of);
    expect(trial.acts[0]?.outcome).toBe("proven");
    expect(trial.outcome).toBe("inconclusive");
    expect(trial.explanation).toContain("nothing was acknowledged, so that nothing is lost proves nothing");
    expect(trial.ledger?.evidence.text).not.toContain("are there");
  });

  test("is as sure as its latest instant and the acknowledgement's earliest", () => {
    const { latest = 0 } = judged(and(found([]))).acts[0]?.recoveredAt ?? {};
    expect(judged(and(found([], [], 0, latest + 1))).outcome).toBe("inconclusive");
    expect(judged(and(found([], [], 0, latest + 2))).outcome).toBe("proven");
  });

  test("of which an older journal, or a ledger that does not tell, says no time stays proven, with what that leaves open", () => {
    const trial = judged(and(found([], [], 0, "untold")));
    expect(trial.outcome).toBe("proven");
    expect(trial.ledger?.evidence.text).toContain("when the last was acknowledged is not told");
  });

  test("that lost what was acknowledged is refuted, also where nothing was acknowledged afterwards", () => {
    expect(judged(and(found(["k-1"], [], 0, 4990))).outcome).toBe("refuted");
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

describe("where nothing recovers", () => {
  const forever = Number.POSITIVE_INFINITY;
  const control: TrialPlan["control"] = { without: "watchdog", stop: ["watchdog"] };
  const neverBack = actOf({ expect: "never-recovered", recovery: { patience: ms(5000) } });
  const foundAt = (at: number, last: number): Learned => ({ ...found([], [], 0, last), at });

  test("a control whose service stays down is not asked for what cannot be", () => {
    const and = [foundAt(16_250, 4990)];
    const story = { act: neverBack, down: [[5001, forever]], until: 16_000, and } as const;
    expect(judgeTrial(tell({ ...story, plan: { ...plan, control } })).outcome).toBe("proven");
  });

  test("a control in which the healer came back and healed is asked for what was acknowledged after that", () => {
    const corroboratedBy = [{ counter: watchdogCounter, increases: true as const, within: ms(5000) }];
    const returned: Learned = {
      at: 11_500,
      fact: { kind: "healer", healer: "watchdog", state: "on", when: span(11_200, 11_500), how: "started watchdog" },
    };
    const outcome = (last: number) =>
      judgeTrial(
        tell({
          acts: [neverBack, actOf({ id: "restored", recovery: { healedBy: "watchdog", corroboratedBy } })],
          plan: { ...plan, control },
          down: [[5001, 13_000]],
          until: 20_000,
          and: [
            ...apiRestart(12_300, 12_700, 20_010),
            ...watchdogCounts(13_200),
            returned,
            ...phase("observe", 11_500, 20_000, "restored"),
            foundAt(20_250, last),
          ],
          edit: (it) =>
            it.fact.kind === "phase" && it.fact.phase === "observe" && it.fact.act === "main" && it.fact.edge === "end"
              ? { ...it, at: 11_000 }
              : it,
        }),
      ).outcome;
    expect(outcome(19_900)).toBe("proven");
    expect(outcome(4990)).toBe("inconclusive");
  });

  test("but a person is called, all is put back, so that something must have been acknowledged after the fault", () => {
    const act = actOf({
      goal: "escalation",
      recovery: { healedBy: "nobody", when: [{ metric: "messages", atLeast: 1 }] },
    });
    const called = sampled("messages", "probe", { every: 250, takes: 5, from: 100, to: 16_300 }, (now) =>
      now >= 7000 ? 1 : 0,
    );
    const judgedWith = (last: number) =>
      judgeTrial(tell({ act, plan, until: 16_000, down: [[5001, forever]], and: [...called, foundAt(16_250, last)] }));
    expect(judgedWith(16_200).outcome).toBe("proven");
    expect(judgedWith(4990).outcome).toBe("inconclusive");
    expect(judgedWith(4990).explanation).toContain("and the fault was at 5.000 s");
  });
});

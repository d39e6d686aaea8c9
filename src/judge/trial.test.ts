import { describe, expect, test } from "vitest";
import { ms } from "../time.ts";
import { costOf, timingsOf } from "./cost.ts";
import type { ActJudgement, TrialJudgement } from "./judgement.ts";
import { judgeScenarios } from "./run.ts";
import { judgeScenario } from "./scenario.ts";
import {
  actOf,
  apiRestart,
  ended,
  engine,
  fault,
  held,
  type Learned,
  lasting,
  look,
  phase,
  policyRestart,
  probeOfApp,
  type Story,
  sampled,
  span,
  tell,
  watchdogCounter,
  watchdogCounts,
} from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";
import { worst } from "./verdict.ts";

const forever = Number.POSITIVE_INFINITY;

function mainOf(trial: TrialJudgement): ActJudgement {
  const [main] = trial.acts;
  if (!main) throw new Error("the trial has no act");
  return main;
}

const reasonOf = ({ verdict }: ActJudgement) => (verdict.kind === "inconclusive" ? verdict.reason : verdict.kind);

const watched = actOf({
  recovery: {
    healedBy: "watchdog",
    corroboratedBy: [{ counter: watchdogCounter, increases: true, within: ms(5000) }],
  },
});

describe("a recovery", () => {
  test("within the budget, by the healer named, proves the act", () => {
    const trial = judgeTrial(tell());
    const main = mainOf(trial);
    expect(main.verdict).toEqual({ kind: "recovered" });
    expect(main.attribution.healer).toBe("restart-policy");
    // up: bad at 6150, good at 7150; the probe: bad at 6190, good at 6200 to 6202. Together: the maximum of each end.
    expect(main.recoveredAt).toEqual(span(6190, 7155));
    expect(main.recovery).toEqual({ atLeast: 1190, atMost: 2156 });
    expect(main.outcome).toBe("proven");
    expect(main.explanation).toBe("back in 1.19 to 2.16 s (budget 5 s), healed by the restart policy");
    expect(trial.outcome).toBe("proven");
  });

  test("names the samples that bound it, not those of a later outage", () => {
    const down = [
      [5001, 6200],
      [11_500, 11_700],
    ] as const;
    const journal = tell({ down, until: 14_000, and: policyRestart(5005, 5600, 14_050) });
    const { recoveryEvidence, recoveredAt } = mainOf(judgeTrial(journal));
    const bounds = recoveryEvidence?.seqs.map((seq) => journal[seq]);
    const items = bounds?.flatMap((it) => (it?.kind === "samples" ? it.items : []));
    expect(items?.map(([from]) => from)).toEqual([6150, 6190, 6200, 7150]);
    expect(recoveredAt).toEqual(span(6190, 7155));
  });

  test("names the journal lines of its figures", () => {
    const journal = tell();
    const main = mainOf(judgeTrial(journal));
    const [up] = main.signals;
    const lines = up?.outages[0]?.evidence.seqs.map((seq) => journal[seq]);
    expect(lines?.map((it) => it?.kind === "samples" && it.items[0]?.[2])).toEqual([1, 0, 0, 1]);
    for (const { seqs } of main.attribution.evidence) expect(seqs.length).toBeGreaterThan(0);
  });

  test("over the budget is too slow, and refutes", () => {
    const main = mainOf(
      judgeTrial(tell({ down: [[5001, 10_800]], until: 16_000, and: policyRestart(5005, 10_500, 16_050) })),
    );
    expect(main.verdict.kind).toBe("too-slow");
    expect(main.outcome).toBe("refuted");
    expect(main.explanation).toContain("over the budget of 5 s");
  });

  test("whose interval contains the budget is inconclusive, and says which observer to speed up", () => {
    const main = mainOf(judgeTrial(tell({ act: actOf({ recovery: { within: ms(1500) } }) })));
    expect(reasonOf(main)).toBe("budget-inside-uncertainty");
    expect(main.outcome).toBe("inconclusive");
    expect(main.explanation).toContain('speed up up{job="app"}: it looks every 1 s');
  });

  test("that does not last for the stability window does not count; the search goes on after it", () => {
    const down = [
      [5001, 6200],
      [8000, 8400],
    ] as const;
    const trial = judgeTrial(tell({ down, until: 14_000, and: policyRestart(5005, 5600, 14_050) }));
    expect(mainOf(trial).recoveredAt?.earliest).toBeGreaterThanOrEqual(8390);
    expect(trial.remarks.map((it) => it.text).join()).toContain("was back once before it stayed so");
  });

  test("that ends before the fault has bitten does not count", () => {
    // The probe is bad from 5001 to 5040 and again from 5200 on; the bite lies after the first.
    const journal = tell({
      act: actOf({ recovery: { when: [probeOfApp], stableFor: ms(100) } }),
      down: [
        [5001, 5040],
        [5400, 6000],
      ],
      edit: (it) => (it.fact.kind === "fault" && it.fact.stage === "bitten" ? fault("bitten", 5390, 5395) : it),
    });
    expect(mainOf(judgeTrial(journal)).recoveredAt?.earliest).toBeGreaterThanOrEqual(5990);
  });

  test("is not shown by good samples that started before the injection", () => {
    const late: Learned = {
      at: 5300,
      fact: { kind: "samples", series: "http://app:8080/readyz", items: [[4998, 5300, 200]] },
    };
    const main = mainOf(judgeTrial(tell({ down: [[5001, forever]], until: 16_000, and: [late] })));
    expect(main.verdict.kind).toBe("never-recovered");
  });

  test("is not undone by a straggler that started before it and ended, bad, after it", () => {
    const straggler: Learned = {
      at: 7100,
      fact: { kind: "samples", series: "http://app:8080/readyz", items: [[6105, 7105, 0, "timeout"]] },
    };
    const act = actOf({ recovery: { when: [probeOfApp] } });
    const main = mainOf(judgeTrial(tell({ act, and: [...policyRestart(), straggler] })));
    expect(main.recoveredAt).toEqual(span(6190, 6202));
  });

  test("is not claimed while a sample that was due in the stability window is missing", () => {
    const main = mainOf(judgeTrial(tell({ until: 9500 })));
    expect(main.verdict.kind).toBe("inconclusive");
  });

  test("of a condition that never looked bad is carried by the others, and remarked on", () => {
    const trial = judgeTrial(tell({ down: [[5200, 5900]] }));
    const main = mainOf(trial);
    expect(main.verdict.kind).toBe("recovered");
    expect(main.recoveredAt).toEqual(span(5890, 5902));
    expect(main.signals[0]?.outages).toEqual([]);
    expect(trial.remarks[0]?.text).toBe(
      'up{job="app"} stayed at 1 throughout: the outage was shorter than its scrape interval of 1 s; the probe and the engine\'s events are the witnesses',
    );
    const alone = judgeTrial(tell({ down: [[5200, 5900]], and: [] }));
    expect(alone.remarks[0]?.text).toMatch(/; the probe is the witness$/);
  });

  test.each([
    [1000, "the outage was hardly longer than its scrape interval of 1 s"],
    [3000, "it never saw the outage, which was longer than its scrape interval of 1 s"],
  ])("after %o ms that a condition did not see is remarked on as what it is", (lasts, why) => {
    const upAlways = (it: Learned): Learned =>
      it.fact.kind === "samples" && it.fact.series.startsWith("up")
        ? { ...it, fact: { ...it.fact, items: it.fact.items.map(([from, to]) => [from, to, 1]) } }
        : it;
    const trial = judgeTrial(tell({ down: [[5001, 5001 + lasts]], edit: upAlways }));
    expect(trial.remarks[0]?.text).toContain(why);
  });

  test("is not said to have come twice because a bad try started before a good one had ended", () => {
    const slow: Learned = {
      at: 6400,
      fact: { kind: "samples", series: "http://app:8080/readyz", items: [[6181, 6205, 200]] },
    };
    expect(judgeTrial(tell({ and: [...policyRestart(), slow] })).remarks).toEqual([]);
  });

  test("that nobody needed is no recovery: no condition ever looked bad", () => {
    const main = mainOf(judgeTrial(tell({ down: [], until: 16_000 })));
    expect(reasonOf(main)).toBe("no-outage-observed");
    expect(main.outcome).toBe("inconclusive");
  });

  test("that has only just begun when the observation ends is neither a recovery nor none", () => {
    const main = mainOf(judgeTrial(tell({ down: [[5001, 15_000]], until: 16_000 })));
    expect(main.verdict.kind).toBe("inconclusive");
    expect(main.explanation).toContain("not yet for as long as it must stay so");
  });
});

describe("non-recovery", () => {
  const control: Story = { plan: { control: { without: "restart-policy", stop: [] } } };
  const never = actOf({ expect: "never-recovered" });

  test("watched for as long as patience lasts refutes a claim of recovery", () => {
    const main = mainOf(judgeTrial(tell({ down: [[5001, forever]], until: 15_100, and: [engine("die", 5005)] })));
    expect(main.verdict.kind).toBe("never-recovered");
    expect(main.watchedFor).toBe(10_100);
    expect(main.attribution.healer).toBe("nobody");
    expect(main.outcome).toBe("refuted");
    expect(main.explanation).toBe("did not come back in 10.1 s (budget 5 s)");
  });

  test("proves a control", () => {
    const trial = judgeTrial(
      tell({ ...control, act: never, down: [[5001, forever]], until: 15_100, and: [engine("die", 5005)] }),
    );
    expect(trial.outcome).toBe("proven");
    expect(trial.explanation).toBe("did not come back in 10.1 s without the restart policy, as it must");
  });

  test("a control that recovers proves nothing", () => {
    const trial = judgeTrial(tell({ ...control, act: never }));
    expect(trial.outcome).toBe("refuted");
    expect(trial.explanation).toContain("it recovered without its healer, so the scenario proves nothing");
  });

  test("a control that recovers right at the budget is refuted too", () => {
    const act = actOf({ expect: "never-recovered", recovery: { within: ms(1500) } });
    expect(judgeTrial(tell({ ...control, act })).outcome).toBe("refuted");
  });

  test("watched for too short a time is inconclusive", () => {
    const main = mainOf(judgeTrial(tell({ down: [[5001, forever]], until: 14_000, and: [] })));
    expect(reasonOf(main)).toBe("harness-error");
    expect(main.explanation).toContain("before its patience was over");
  });

  test("has been watched for long enough if the trial counted from anywhere within the injection's span", () => {
    const slow = (it: Learned) =>
      it.fact.kind === "fault" && it.fact.stage === "injected" ? fault("injected", 4900, 5000) : it;
    const main = mainOf(judgeTrial(tell({ down: [[5001, forever]], until: 14_950, and: [], edit: slow })));
    expect(main.verdict.kind).toBe("never-recovered");
    expect(main.watchedFor).toBe(9950);
  });

  describe("of which a counter tells that it was healed", () => {
    const lied = (countedAt: number | undefined, over: Story = {}) =>
      judgeTrial(
        tell({ act: watched, down: [[5001, forever]], until: 15_100, and: watchdogCounts(countedAt), ...over }),
      );

    const unit: Story = {
      act: actOf({
        recovery: { corroboratedBy: [{ unit: "app.service", of: "app", restarted: true, within: ms(5000) }] },
      }),
      and: sampled("restarts of app.service in app", "systemd", { every: 1000, to: 20_000 }, (at) =>
        at < 9000 ? 0 : 1,
      ),
    };

    test("is contradicted, and this is said with its evidence", () => {
      const journal = tell({ act: watched, down: [[5001, forever]], until: 15_100, and: watchdogCounts(9000) });
      const { acts, explanation, remarks } = judgeTrial(journal);
      const text = `contradiction: ${watchdogCounter} went from 0 to 1 by 9.305 s, as of a healing, and nothing recovered`;
      expect(explanation).toBe(`did not come back in 10.1 s (budget 5 s); ${text}`);
      expect(remarks.map((it) => it.text)).toEqual([text]);
      expect(remarks[0]?.seqs.map((it) => journal[it]?.kind)).toEqual(["samples", "samples"]);
      expect(acts[0]?.corroboration).toMatchObject([{ agrees: "no", evidence: { text } }]);
    });

    test.each([
      ["that never rose", lied(undefined)],
      ["that rose only after our own undo", lied(15_300)],
      ["of systemd, which counts restarts", lied(9000, unit)],
      [
        "that rose while it was back for a moment",
        lied(8500, {
          down: [
            [5001, 8000],
            [9500, forever],
          ],
        }),
      ],
    ])("is not by one %s", (_, { remarks, acts }) => {
      expect(acts[0]?.verdict.kind).toBe("never-recovered");
      expect(remarks.filter((it) => it.text.startsWith("contradiction"))).toEqual([]);
      expect(acts[0]?.corroboration).toEqual([]);
    });

    test("and soon fell ill again is contradicted by what it counted after that", () => {
      const { remarks } = lied(12_000, {
        down: [
          [5001, 8000],
          [9500, forever],
        ],
      });
      expect(remarks.some((it) => it.text.startsWith("contradiction"))).toBe(true);
    });
  });

  test("what came back only after our own undo did not recover", () => {
    const main = mainOf(
      judgeTrial(
        tell({
          down: [[5001, 15_300]],
          until: 21_000,
          edit: (it) =>
            it.fact.kind === "fault" && it.fact.stage === "undone"
              ? fault("undone", 15_100, 15_150, "app was not running and has been started")
              : it,
          and: [engine("die", 5005), engine("start", 15_120)],
        }),
      ),
    );
    expect(main.verdict.kind).toBe("never-recovered");
    expect(main.watchedFor).toBe(10_100);
  });
});

describe("silence", () => {
  test("of a needed series between the fault and the recovery is inconclusive, and names it", () => {
    const main = mainOf(judgeTrial(tell({ keep: (id, from) => !id.startsWith("http") || from < 5100 || from > 6300 })));
    expect(reasonOf(main)).toBe("observer-gap");
    expect(main.explanation).toContain("http://app:8080/readyz has no samples for");
  });

  test("of Prometheus, stopped in the middle of the trial, is no recovery", () => {
    const main = mainOf(judgeTrial(tell({ until: 16_000, keep: (id, from) => id.startsWith("http") || from < 5000 })));
    expect(reasonOf(main)).toBe("observer-gap");
    expect(main.explanation).toContain('up{job="app"}');
  });

  test("of Prometheus is no lasting outage either", () => {
    const main = mainOf(
      judgeTrial(
        tell({ down: [[5001, forever]], until: 16_000, keep: (id, from) => id.startsWith("http") || from < 7000 }),
      ),
    );
    expect(reasonOf(main)).toBe("observer-gap");
  });

  test("of everything is inconclusive", () => {
    const main = mainOf(judgeTrial(tell({ until: 16_000, keep: () => false })));
    expect(main.verdict.kind).toBe("inconclusive");
  });

  test("that lies after the claim's window does not matter", () => {
    const main = mainOf(judgeTrial(tell({ until: 18_000, keep: (_, from) => from < 10_200 })));
    expect(main.verdict.kind).toBe("recovered");
  });
});

describe("a trial that did not get so far", () => {
  const without =
    (...stages: string[]) =>
    (it: Learned) =>
      it.fact.kind === "fault" && stages.includes(it.fact.stage) ? undefined : it;

  test("because its stack was sick before the fault", () => {
    const main = mainOf(judgeTrial(tell({ down: [[4500, 6200]] })));
    expect(reasonOf(main)).toBe("sick-baseline");
  });

  test("but not for a try that was on its way when the fault came, nor for what was sick before it was steady", () => {
    const slow: Learned = {
      at: 5900,
      fact: { kind: "samples", series: "http://app:8080/readyz", items: [[4990, 5900, 0]] },
    };
    const down = [
      [600, 900],
      [5001, 6200],
    ] as const;
    expect(mainOf(judgeTrial(tell({ down, and: [...policyRestart(), slow] }))).outcome).toBe("proven");
  });

  test("because nobody showed that it was steady", () => {
    const journal = tell({ edit: (it) => (it.fact.kind === "phase" && it.fact.phase === "steady" ? undefined : it) });
    expect(reasonOf(mainOf(judgeTrial(journal)))).toBe("sick-baseline");
  });

  test("because nobody looked just before the fault", () => {
    const journal = tell({ keep: (id, from) => !id.startsWith("http") || from < 3500 || from > 4998 });
    const main = mainOf(judgeTrial(journal));
    expect(reasonOf(main)).toBe("observer-gap");
    expect(main.explanation).toContain("stopped before the fault");
  });

  test("because nobody looked whether the fault had bitten", () => {
    const main = mainOf(judgeTrial(tell({ edit: without("bitten") })));
    expect(reasonOf(main)).toBe("harness-error");
  });

  const failedWith = (code: string, at = 4100): Learned => ({
    at,
    fact: { kind: "error", code, message: "it did not come to that", facts: { "last seen": "503, 4 ms ago" } },
  });

  test.each([
    ["stack-not-up", "its stack never came up"],
    ["sick-baseline", "its steady state was never reached"],
  ])("with the reason %s because %s: that is the stack's own trouble", (code) => {
    const stages = ["announced", "injected", "bitten", "undone"];
    const main = mainOf(judgeTrial(tell({ end: "failed", and: [failedWith(code)], edit: without(...stages) })));
    expect(reasonOf(main)).toBe(code);
    expect(main.explanation).toContain("503, 4 ms ago");
  });

  test("with another reason than the stack where the error says nothing of it", () => {
    const stages = ["announced", "injected", "bitten", "undone"];
    const trial = judgeTrial(tell({ end: "failed", and: [failedWith("engine-silent")], edit: without(...stages) }));
    expect(reasonOf(mainOf(trial))).toBe("harness-error");
  });

  test.each([
    ["not-steady-again", "not-steady-again"],
    ["ledger-unchecked", "ledger-unchecked"],
    ["phase-overrun", "harness-error"],
  ])("though it recovered, because of what came after it (%s): a doubt of its own", (code, doubt) => {
    const trial = judgeTrial(tell({ end: "failed", and: [...policyRestart(), failedWith(code, 12_300)] }));
    expect(mainOf(trial).outcome).toBe("proven");
    expect(trial).toMatchObject({ outcome: "inconclusive", doubt });
  });

  test("because the fault was not seen to bite", () => {
    const journal = tell({
      edit: (it) =>
        it.fact.kind === "fault" && it.fact.stage === "bitten"
          ? fault("missed", 10_000, 10_000, "crash of app was not seen to bite within 5 s")
          : it,
    });
    expect(reasonOf(mainOf(judgeTrial(journal)))).toBe("fault-had-no-effect");
  });

  test("because somebody interrupted it", () => {
    const journal = tell({ end: "interrupted", down: [[5001, forever]], until: 7000, and: [] });
    expect(reasonOf(mainOf(judgeTrial(journal)))).toBe("interrupted");
  });

  test("because the harness died: a journal without an end is never a pass", () => {
    const trial = judgeTrial(tell({ end: "none" }));
    expect(mainOf(trial).verdict.kind).toBe("recovered");
    expect(trial.outcome).toBe("inconclusive");
    expect(trial.explanation).toContain("healproof died during the phase down");
    const early = tell({ end: "none", edit: without("injected", "bitten", "undone") });
    expect(reasonOf(mainOf(judgeTrial(early)))).toBe("harness-error");
  });

  test("because the harness died while it watched: not even a long outage is shown then", () => {
    const journal = tell({
      end: "none",
      down: [[5001, forever]],
      until: 20_000,
      and: [],
      edit: ({ at, fact }) =>
        at > 18_000 || (fact.kind === "phase" && fact.edge === "end" && fact.phase === "observe")
          ? undefined
          : { at, fact },
    });
    expect(reasonOf(mainOf(judgeTrial(journal)))).toBe("harness-error");
  });

  test("because judging itself failed", () => {
    const [, ...headless] = tell();
    const trial = judgeTrial(headless);
    expect(trial.outcome).toBe("inconclusive");
    expect(trial.errors).toHaveLength(1);
  });
});

describe("who healed", () => {
  /** By the restart policy, then by the watchdog. */
  const restartedByBoth = () => [
    engine("die", 5005),
    engine("start", 5200),
    look(5300, 1, 5200),
    ...apiRestart(5500, 5900),
    ...watchdogCounts(6100),
  ];

  test("a restart policy raises RestartCount; without that, somebody started it", () => {
    const and = [engine("die", 5005), engine("start", 5600), look(12_050, 0, 5600)];
    const main = mainOf(judgeTrial(tell({ and })));
    expect(main.attribution.healer).toBe("unknown");
    expect(main.attribution.evidence[0]?.text).toContain("RestartCount did not rise");
    expect(main.outcome).toBe("inconclusive");
  });

  test("a look that is missing is not a RestartCount that rose", () => {
    const main = mainOf(judgeTrial(tell({ and: [engine("die", 5005), engine("start", 5600)] })));
    expect(main.attribution.healer).toBe("unknown");
  });

  test("the watchdog: a restart through the API, and its own counter", () => {
    const main = mainOf(judgeTrial(tell({ act: watched, and: [...apiRestart(), ...watchdogCounts(6100)] })));
    expect(main.attribution.healer).toBe("watchdog");
    expect(main.corroboration[0]?.agrees).toBe("yes");
    expect(main.outcome).toBe("proven");
  });

  test("a restart through the API that no healer claims is nobody's we know", () => {
    const main = mainOf(judgeTrial(tell({ act: watched, and: [...apiRestart(), ...watchdogCounts(undefined)] })));
    expect(main.attribution.healer).toBe("unknown");
    expect(main.attribution.evidence[0]?.text).toContain("no healer claims it");
    expect(main.outcome).toBe("refuted");
  });

  test("a right recovery by the wrong healer fails with both names", () => {
    const main = mainOf(judgeTrial(tell({ act: watched, and: [...policyRestart(), ...watchdogCounts(6100)] })));
    expect(main.outcome).toBe("refuted");
    expect(main.explanation).toContain("healed by the restart policy, not by the watchdog");
  });

  test("the application itself: its container runs on", () => {
    const act = actOf({ recovery: { healedBy: "application" } });
    expect(mainOf(judgeTrial(tell({ act, and: [look(12_050, 0, 500)] }))).outcome).toBe("proven");
    expect(mainOf(judgeTrial(tell({ act, and: [] }))).attribution.healer).toBe("unknown");
    expect(mainOf(judgeTrial(tell({ act, and: [look(12_050, 0, 5600)] }))).attribution.healer).toBe("unknown");
  });

  test("several, if one healer restarted it and then another", () => {
    const main = mainOf(judgeTrial(tell({ act: watched, and: restartedByBoth() })));
    expect(main.attribution.healer).toBe("several");
    expect(main.outcome).toBe("refuted");
    expect(main.explanation).toContain(
      "but healed by several healers (app was started 2 times before it recovered: by the restart policy and the watchdog), not by the watchdog as claimed",
    );
  });

  test("several, where each of the services had another: each by its name", () => {
    const act = actOf({ recovery: { ...watched.recovery, of: ["app", "postgres"] } });
    const and = [
      ...apiRestart(),
      ...watchdogCounts(6100),
      engine("die", 5005, {}, "postgres"),
      engine("start", 5200, {}, "postgres"),
    ];
    expect(mainOf(judgeTrial(tell({ act, and }))).explanation).toContain(
      "but healed by several healers (app by the watchdog; postgres by an unknown healer), not by the watchdog as claimed",
    );
  });

  test("several, where one of the services had: what it had stands beside the others", () => {
    const act = actOf({ recovery: { ...watched.recovery, of: ["app", "postgres", "redis"] } });
    const and = [
      ...restartedByBoth(),
      ...["postgres", "redis"].flatMap((it) => [engine("die", 5005, {}, it), engine("start", 5200, {}, it)]),
    ];
    expect(mainOf(judgeTrial(tell({ act, and }))).explanation).toContain(
      "several healers (app was started 2 times before it recovered: by the restart policy and the watchdog; postgres and redis by an unknown healer)",
    );
  });

  test("is decided by the evidence's own times, not by the order in which it was learned", () => {
    const and = apiRestart().map((it) => ({ ...it, at: 13_000 - it.at / 10 }));
    const main = mainOf(judgeTrial(tell({ act: watched, and: [...and, ...watchdogCounts(6100)] })));
    expect(main.attribution.healer).toBe("watchdog");
  });

  test("restarts after the recovery, or of another service, are not its cause", () => {
    const and = [
      look(11_000, 0, 500),
      engine("die", 9800, {}, "postgres"),
      engine("start", 9900, {}, "postgres"),
      engine("start", 11_500),
    ];
    const act = actOf({ recovery: { healedBy: "application" } });
    expect(mainOf(judgeTrial(tell({ act, and }))).attribution.healer).toBe("application");
  });
});

describe("corroboration", () => {
  const cases: [string, Learned[], string, string][] = [
    ["agrees when the counter rises in time", watchdogCounts(8000), "yes", "proven"],
    ["denies when it rises after its time", watchdogCounts(18_000), "no", "refuted"],
    ["denies when it never rises", watchdogCounts(undefined), "no", "refuted"],
    ["is unknown when the counter is silent", [], "unknown", "inconclusive"],
    ["is unknown when its samples end before its time", watchdogCounts(undefined, 9000), "unknown", "inconclusive"],
  ];
  for (const [name, counter, agrees, outcome] of cases)
    test(name, () => {
      const act = actOf({
        recovery: { corroboratedBy: [{ counter: watchdogCounter, increases: true, within: ms(5000) }] },
      });
      const main = mainOf(
        judgeTrial(tell({ act, until: 20_000, and: [...policyRestart(5005, 5600, 20_010), ...counter] })),
      );
      expect(main.corroboration[0]?.agrees).toBe(agrees);
      expect(main.outcome).toBe(outcome);
      expect(main.recoveredAt).toEqual(span(6190, 7155));
    });
});

describe("a fault that is held", () => {
  const act = actOf({ recovery: { healedBy: "application" } });
  test("and was continued before anything healed it ended early", () => {
    const and = [fault("held", 5100), ended("released", 6000, 6010), look(12_050, 0, 500)];
    const main = mainOf(judgeTrial(tell({ act, and })));
    expect(reasonOf(main)).toBe("fault-ended-early");
  });

  test("and whose process was replaced ended as it should", () => {
    const and = [ended("replaced", 5600, 5605), ...apiRestart(), ...watchdogCounts(6100)];
    expect(mainOf(judgeTrial(tell({ act: watched, and }))).outcome).toBe("proven");
  });

  test("and was continued before the restart ended early all the same", () => {
    const and = [ended("released", 5300, 5305), ...apiRestart(), ...watchdogCounts(6100)];
    expect(reasonOf(mainOf(judgeTrial(tell({ act: watched, and }))))).toBe("fault-ended-early");
  });

  test("and that our own undo ended ended as it should", () => {
    const never = actOf({ expect: "never-recovered" });
    const and = [fault("held", 15_000), ended("released", 15_990, 16_130)];
    expect(judgeTrial(tell({ act: never, down: [[5001, forever]], until: 16_000, and })).outcome).toBe("proven");
  });

  test("may be seen to be gone before the engine tells of the death", () => {
    const and = [ended("replaced", 5480, 5490), ...apiRestart(), ...watchdogCounts(6100)];
    expect(mainOf(judgeTrial(tell({ act: watched, and }))).outcome).toBe("proven");
  });

  test("is not replaced by another service's restart", () => {
    const and = [
      ended("released", 5900, 5905),
      ...[engine("die", 5500, {}, "postgres"), engine("start", 5600, {}, "postgres")],
      look(12_050, 0, 500),
    ];
    expect(reasonOf(mainOf(judgeTrial(tell({ act, and }))))).toBe("fault-ended-early");
  });

  test("and ended only after the recovery does not concern it", () => {
    const and = [ended("released", 9000, 9005), look(12_050, 0, 500)];
    expect(mainOf(judgeTrial(tell({ act, and }))).outcome).toBe("proven");
  });

  test("and ended without recovery spoils a control as well", () => {
    const never = actOf({ expect: "never-recovered" });
    const and = [ended("released", 6000, 6010)];
    expect(judgeTrial(tell({ act: never, down: [[5001, forever]], until: 16_000, and })).outcome).toBe("inconclusive");
  });

  describe("as long as the process must be shown to be in force", () => {
    const never = actOf({ expect: "never-recovered" });
    const still = (and: readonly Learned[]) =>
      tell({ act: never, down: [[5001, forever]], until: 16_000, edit: lasting, and });
    const notShown = { kind: "inconclusive", reason: "fault-not-shown-in-force" };

    test("by looks until the watching ends", () => {
      expect(judgeTrial(still(held(5020, 16_000))).outcome).toBe("proven");
    });

    test("and is not by silence in between, at the end, or throughout", () => {
      const gap = judgeTrial(still([...held(5020, 8000), ...held(11_500, 16_000)]));
      expect(mainOf(gap).verdict).toEqual(notShown);
      expect(gap.explanation).toContain("was not looked at for 4.48 s");
      expect(mainOf(judgeTrial(still(held(5020, 12_000)))).verdict).toEqual(notShown);
      expect(mainOf(judgeTrial(still([]))).verdict).toEqual(notShown);
    });

    test("until a recovery too, or until its process was replaced", () => {
      const and = [ended("replaced", 5600, 5605), ...apiRestart(), ...watchdogCounts(6100)];
      const never = mainOf(judgeTrial(tell({ act: watched, edit: lasting, and: and.slice(1) })));
      expect(never.verdict).toEqual(notShown);
      const looked = mainOf(judgeTrial(tell({ act: watched, edit: lasting, and: [...held(5020, 5600), ...and] })));
      expect(looked.outcome).toBe("proven");
    });

    test("and is not after our own undo, nor where it ends at once", () => {
      const undone = (it: Learned) =>
        it.fact.kind === "fault" && it.fact.stage === "undone" ? fault("undone", 15_100, 15_150) : lasting(it);
      const and = held(5020, 15_000);
      const trial = judgeTrial(tell({ act: never, down: [[5001, forever]], until: 20_000, edit: undone, and }));
      expect(trial.outcome).toBe("proven");
      expect(judgeTrial(tell({ act: never, down: [[5001, forever]], until: 16_000, and: [] })).outcome).toBe("proven");
    });
  });
});

describe("a healer's return", () => {
  const acts = [
    actOf({ expect: "never-recovered", recovery: { patience: ms(5000) } }),
    actOf({ ...watched, id: "restored", recovery: watched.recovery }),
  ];
  const on: Learned = {
    at: 11_500,
    fact: { kind: "healer", healer: "watchdog", state: "on", when: span(11_200, 11_500), how: "started watchdog" },
  };
  const restored = (over: Parameters<typeof tell>[0] = {}) =>
    tell({
      acts,
      plan: { control: { without: "watchdog", stop: ["watchdog"] } },
      down: [[5001, 13_000]],
      until: 20_000,
      and: [
        ...apiRestart(12_300, 12_700, 20_010),
        ...watchdogCounts(13_200),
        on,
        ...phase("observe", 11_500, 20_000, "restored"),
      ],
      edit: (it) =>
        it.fact.kind === "phase" && it.fact.phase === "observe" && it.fact.act === "main" && it.fact.edge === "end"
          ? { ...it, at: 11_000 }
          : it,
      ...over,
    });

  test("must heal the outage that is in progress: off, no recovery; on, recovery", () => {
    const trial = judgeTrial(restored());
    expect(trial.acts.map((it) => it.outcome)).toEqual(["proven", "proven"]);
    expect(trial.acts[1]?.origin).toEqual(span(11_200, 11_500));
    expect(trial.acts[1]?.recoveredAt).toEqual(span(12_990, 13_155));
    expect(trial.acts[1]?.attribution.healer).toBe("watchdog");
    expect(trial.explanation).toContain("once the watchdog was on again, back in");
  });

  test("is judged by the looks at the main act's fault", () => {
    const and = [
      ...apiRestart(12_300, 12_700, 20_010),
      ...watchdogCounts(13_200),
      on,
      ...phase("observe", 11_500, 20_000, "restored"),
    ];
    const seen = (looks: readonly Learned[]) =>
      judgeTrial(
        restored({
          and: [...and, ...looks],
          edit: (it) =>
            it.fact.kind === "phase" && it.fact.phase === "observe" && it.fact.act === "main" && it.fact.edge === "end"
              ? { ...it, at: 11_000 }
              : lasting(it),
        }),
      );
    const end = ended("replaced", 12_400, 12_405);
    expect(seen([...held(5020, 12_400), end]).acts.map((it) => it.outcome)).toEqual(["proven", "proven"]);
    expect(seen(held(5020, 9500)).acts.map((it) => it.outcome)).toEqual(["proven", "inconclusive"]);
  });

  test("is not reached where the control recovered already, and is then left out", () => {
    const trial = judgeTrial(restored({ down: [[5001, 6000]], and: apiRestart(5500, 5900), edit: (it) => it }));
    expect(trial.outcome).toBe("refuted");
    expect(trial.acts).toHaveLength(1);
    expect(trial.explanation).toContain("the act restored was not reached");
  });

  test("is not the switching on of everything that ends a trial", () => {
    const late: Learned = { ...on, at: 12_180 };
    const trial = judgeTrial(tell({ acts, and: [...policyRestart(), late] }));
    expect(trial.acts).toHaveLength(1);
    expect(trial.explanation).toContain("the act restored was not reached");
  });

  test("is inconclusive if the service was well already when the healer came back", () => {
    const trial = judgeTrial(restored({ down: [[5001, 11_100]] }));
    expect(trial.acts[1]?.verdict).toEqual({ kind: "inconclusive", reason: expect.any(String) });
  });
});

describe("a second fault", () => {
  test("that was not reached leaves the trial inconclusive, unless the first act is refuted", () => {
    const acts = [actOf(), actOf({ id: "afterwards" })];
    const trial = judgeTrial(tell({ acts, end: "interrupted" }));
    expect(trial.acts.map((it) => it.outcome)).toEqual(["proven", "inconclusive"]);
    expect(trial.outcome).toBe("inconclusive");
    const refuted = judgeTrial(tell({ acts, down: [[5001, forever]], until: 16_000, and: [] }));
    expect(refuted.acts).toHaveLength(1);
    expect(refuted.outcome).toBe("refuted");
  });
});

test("that budgets are longer, since the machine is slower than those that they were for, is remarked", () => {
  const remarks = judgeTrial(tell({ plan: { slowedBy: 13.44 } })).remarks;
  expect(remarks).toContainEqual({ text: expect.stringContaining("13.4 times slower"), seqs: [0] });
  expect(
    judgeTrial(tell())
      .remarks.map((it) => it.text)
      .join(),
  ).not.toContain("slower");
});

describe("a scenario", () => {
  const proven = judgeTrial(tell());
  const inconclusive = judgeTrial(tell({ end: "none" }));
  const refuted = judgeTrial(tell({ down: [[5001, forever]], until: 16_000, and: [] }));

  test("is proven only if its trial and all its controls are; one that is refuted refutes it", () => {
    expect(judgeScenario(proven, [proven, proven]).outcome).toBe("proven");
    expect(judgeScenario(proven, [proven, inconclusive]).outcome).toBe("inconclusive");
    expect(judgeScenario(inconclusive, [refuted]).outcome).toBe("refuted");
    expect(judgeScenario(refuted, [inconclusive]).outcome).toBe("refuted");
    expect(judgeScenario(proven, [refuted]).explanation).toContain("did not come back");
    expect(judgeScenario({ ...proven, acts: [], outcome: "inconclusive" }, []).outcome).toBe("inconclusive");
  });

  test("says of each control which of its faults it is of", () => {
    const plan: Story["plan"] = { control: { without: "watchdog", of: "afterwards", stop: ["watchdog"] } };
    const control = judgeTrial(tell({ plan }));
    expect(control.control).toMatchObject({ without: "watchdog", of: "afterwards" });
    expect(judgeScenario(proven, [control]).explanation).toContain("; control of afterwards, without the watchdog: ");
    const ofMain = { ...control, control: { without: "watchdog" } } as const;
    expect(judgeScenario(proven, [ofMain]).explanation).toContain("; control without the watchdog: ");
  });

  test("is not proven while a planned control was not run, and says which; refuted stays refuted", () => {
    const controls = ["app-crash/without-restart-policy"];
    const planned = judgeTrial(tell({ plan: { controls } }));
    expect(planned.controls).toEqual(controls);
    const alone = judgeScenario(planned, []);
    expect(alone.outcome).toBe("inconclusive");
    const text = "its control without-restart-policy was not run, so nothing is shown to have healed it";
    expect(alone.explanation).toContain(text);
    expect(alone.notRun).toEqual([{ id: controls[0], text }]);
    expect(judgeScenario({ ...refuted, controls }, []).outcome).toBe("refuted");
    const control = { ...proven, id: "app-crash/without-restart-policy" };
    expect(judgeScenario(planned, [control])).toMatchObject({ outcome: "proven", notRun: [] });
  });

  test("whose trial is missing is not dropped", () => {
    const control = { ...proven, id: "app-crash/without-watchdog", control: { without: "watchdog" } } as const;
    const [scenario, ...others] = judgeScenarios([control]);
    expect(others).toEqual([]);
    expect(scenario).toMatchObject({ scenario: "app-crash", outcome: "inconclusive", controls: [control] });
    expect(scenario?.explanation).toContain("its trial was not run");
    expect(worst(judgeScenarios([proven, { ...control, scenario: "other" }]))).toBe("inconclusive");
  });
});

describe("what a control shows of restart policies", () => {
  const plan: NonNullable<Story["plan"]> = { control: { without: "watchdog", stop: ["watchdog"] } };
  const act = actOf({ expect: "never-recovered" });
  const story = (over: Story = {}): Story => ({
    plan,
    act,
    down: [[5001, forever]],
    until: 15_100,
    and: [engine("health_status: unhealthy", 8140), look(15_110, 0, 500)],
    ...over,
  });

  test("an unhealthy container is not restarted: from events and looks", () => {
    const journal = tell(story());
    const { refutes } = judgeTrial(journal);
    expect(refutes?.text).toBe(
      "The common claim that a restart policy restarts an unhealthy container is refuted: with `restart: always`, app was unhealthy from 3.14 s after the fault on and was not restarted in the 10.1 s watched",
    );
    expect(refutes?.seqs.map((it) => journal[it]?.kind)).toEqual(["container", "fault", "engine", "container"]);
  });

  test("and one of several containers is not, whatever the others are", () => {
    const other = (when: number, restartCount: number): Learned => {
      const { at, fact } = look(when, restartCount, 500);
      return { at, fact: { ...fact, container: "app-2" } as typeof fact };
    };
    const and = [other(4100, 0), engine("health_status: unhealthy", 8140), other(15_110, 3), look(15_110, 0, 500)];
    expect(judgeTrial(tell(story({ and }))).refutes).toBeDefined();
  });

  const unhealthy = engine("health_status: unhealthy", 8140);
  const policy = (it: Learned): Learned =>
    it.fact.kind === "container" ? { ...it, fact: { ...it.fact, restartPolicy: "on-failure" } } : it;
  test.each<[string, Story]>([
    ["it was never unhealthy", { and: [look(15_110, 0, 500)] }],
    ["it was healthy again", { and: [unhealthy, engine("health_status: healthy", 9000), look(15_110, 0, 500)] }],
    ["it was not looked at afterwards", { and: [unhealthy] }],
    ["its RestartCount rose", { and: [unhealthy, look(15_110, 1, 500)] }],
    ["it was started", { and: [unhealthy, engine("die", 9000), engine("start", 9100), look(15_110, 0, 500)] }],
    ["its policy is another", { edit: policy }],
    ["the control is without another healer", { plan: { control: { without: "orchestrator", stop: [] } } }],
    ["it is no control", { plan: {}, act: actOf() }],
    ["it recovered", { down: [[5001, 6200]], until: 15_100 }],
  ])("not if %s", (_, over) => {
    expect(judgeTrial(tell(story(over))).refutes).toBeUndefined();
  });
});

describe("what it cost", () => {
  test("the floor is the stacks' start, the recoveries' upper ends and the watched non-recoveries", () => {
    const recovered = tell();
    const never = tell({ down: [[5001, forever]], until: 15_100, and: [] });
    expect(timingsOf(recovered)).toEqual({ up: 1000, total: 12_900 });
    const records = [recovered, never].map((it, index) => ({ id: `${index}`, ...timingsOf(it) }));
    expect(costOf([recovered, never].map(judgeTrial), records)).toBe(1000 + 1000 + 2156 + 10_100);
  });
});

test("a judgement is plain data: what is read back from JSON is what was found", () => {
  const judgement = judgeTrial(tell({ act: watched, and: [...apiRestart(), ...watchdogCounts(6100)] }));
  expect(JSON.parse(JSON.stringify(judgement))).toEqual(judgement);
});

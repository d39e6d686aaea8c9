import { describe, expect, test } from "vitest";
import { ms } from "../time.ts";
import type { ActJudgement } from "./judgement.ts";
import {
  actOf,
  engine,
  fault,
  type Learned,
  look,
  probeOfApp,
  type Story,
  sampled,
  tell,
  upOfApp,
} from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

/** The fault is injected at 5000 and lifted at 9000; the app is down from 5001 to 9200, and was never restarted. */
const cut: Story = {
  down: [[5001, 9200]],
  until: 16_000,
  and: [fault("lifted", 9000, 9010, "the link is whole again"), look(4900, 0, 500), look(16_050, 0, 500)],
};
const cutAct = (over: Parameters<typeof actOf>[0] = {}) =>
  actOf({
    ...over,
    faults: [{ kind: "crash", params: { service: "app" }, at: ms(0), for: ms(4000) }],
    recovery: { healedBy: "application", measuredFrom: "fault-end", ...over.recovery },
  });

const judged = (story: Story): ActJudgement => {
  const [act] = judgeTrial(tell(story)).acts;
  if (!act) throw new Error("there is an act");
  return act;
};
const only = ({ checks }: ActJudgement) => checks.map((it) => [it.kind, it.agrees]);

describe("a recovery measured from the fault's end", () => {
  test("takes the time from there, and the service heals itself", () => {
    const act = judged({ ...cut, act: cutAct() });
    expect(act.origin).toEqual({ earliest: 9000, latest: 9010 });
    expect(act.recovery?.atLeast).toBeGreaterThan(100);
    expect(act.recovery?.atMost).toBeLessThan(1300);
    expect(act.attribution.healer).toBe("application");
    expect(act.outcome).toBe("proven");
  });

  test("is none before the fault is over, however good it looked meanwhile", () => {
    const act = judged({ ...cut, down: [[5001, 5500]], act: cutAct() });
    expect(act.recovery).toEqual({ atLeast: 0, atMost: 0 });
    const relapsed = judged({
      ...cut,
      down: [
        [5001, 5500],
        [9300, 9800],
      ],
      act: cutAct(),
    });
    expect(relapsed.recovery?.atMost).toBeGreaterThan(700);
  });

  test("is not known where the fault's end was never reached", () => {
    const act = judged({ ...cut, and: cut.and?.slice(1) ?? [], act: cutAct(), end: "failed" });
    expect(act.verdict.kind).toBe("inconclusive");
    expect(act.origin).toBeUndefined();
  });
});

describe("what must come true meanwhile", () => {
  const unready = { condition: { ...upOfApp, is: 0 }, within: ms(2000) };

  test("is seen to have done so in its time", () => {
    const act = judged({ ...cut, act: cutAct({ during: [unready] }) });
    expect(only(act)).toEqual([["during", "yes"]]);
    expect(act.outcome).toBe("proven");
  });

  test("and refutes the claim where it did not, or only after the fault was over", () => {
    const during = [{ ...unready, within: ms(8000) }];
    const act = judged({ ...cut, down: [[9100, 9600]], act: cutAct({ during }) });
    expect(only(act)).toEqual([["during", "no"]]);
    expect(act.outcome).toBe("refuted");
    expect(act.explanation).toContain("it did not");
  });

  test("and is not known where nobody looked", () => {
    const blind = (series: string, from: number) => series !== 'up{job="app"}' || from < 5001 || from > 8500;
    const within = { ...unready, within: ms(3300) };
    const act = judged({ ...cut, keep: blind, act: cutAct({ during: [within], recovery: { when: [probeOfApp] } }) });
    expect(only(act)).toEqual([["during", "unknown"]]);
    expect(act.outcome).toBe("inconclusive");
  });
});

describe("what must come true meanwhile, and was so before the fault", () => {
  const slowly = (it: Learned) =>
    it.fact.kind === "fault" && it.fact.stage === "injected" ? fault("injected", 4600, 5000) : it;
  /** It answers until `away` and from `back` on, but for a while around the fault's end. */
  const told = (away: number, back: number, within = 2000) => {
    const during = [{ condition: { ...probeOfApp, status: 200 }, within: ms(within) }];
    const down: [number, number][] = [
      [away, back],
      [8500, 9200],
    ];
    return judged({ ...cut, down, edit: slowly, act: cutAct({ during }) });
  };

  test("has not come true by what was seen while the fault was still being injected", () => {
    const act = told(4900, 9200);
    expect(only(act)).toEqual([["during", "no"]]);
    expect(act.outcome).toBe("refuted");
  });

  test("has not come true by staying so: nobody knows what the fault has to do with it", () => {
    const act = told(8500, 9200);
    expect(only(act)).toEqual([["during", "unknown"]]);
    expect(act.verdict.kind).toBe("recovered");
    expect(act.outcome).toBe("inconclusive");
    expect(act.explanation).toContain("it was never seen to be otherwise before, so nothing shows that it came true");
  });

  test.each([
    ["after the injection", 5500, 6000],
    ["while the fault was being injected", 4700, 4900],
  ])("has come true where it was otherwise in between, %s", (_when, away, back) => {
    expect(only(told(away, back))).toEqual([["during", "yes"]]);
  });

  test.each([
    [150, "no"],
    [450, "unknown"],
    [650, "yes"],
  ])("has a time that ends as surely as it began: of %d ms it is %s", (within, agrees) => {
    expect(only(told(4900, 5200, within))).toEqual([["during", agrees]]);
  });
});

describe("what may never be", () => {
  const tapo = "tapo_exporter_up";
  const exporter = { metric: tapo, is: 0 };
  const seen = (valueAt: (at: number) => number, to = 16_300): Learned[] =>
    sampled(tapo, "prometheus", { every: 1000, takes: 5, from: 100, to }, valueAt);

  test("is no matter where it was not", () => {
    const act = judged({ ...cut, act: cutAct({ never: [exporter] }), and: [...(cut.and ?? []), ...seen(() => 1)] });
    expect(only(act)).toEqual([["never", "yes"]]);
    expect(act.outcome).toBe("proven");
  });

  test("refutes the claim even if it was for a moment", () => {
    const and = [...(cut.and ?? []), ...seen((at) => (at > 7000 && at < 8000 ? 0 : 1))];
    const act = judged({ ...cut, act: cutAct({ never: [exporter] }), and });
    expect(only(act)).toEqual([["never", "no"]]);
    expect(act.verdict.kind).toBe("recovered");
    expect(act.outcome).toBe("refuted");
    expect(act.explanation).toContain("tapo_exporter_up is 0 at");
  });

  test("refutes it also where it did not recover in a way that can be told", () => {
    const and = [...(cut.and ?? []).slice(0, 1), ...seen((at) => (at > 7000 && at < 8000 ? 0 : 1))];
    expect(judged({ ...cut, act: cutAct({ never: [exporter] }), and }).outcome).toBe("refuted");
  });

  test("fails closed: a gap is no pass, nor are no samples at all", () => {
    const gap = seen(() => 1).filter(({ at }) => at < 6000 || at > 11_000);
    for (const and of [gap, []]) {
      const act = judged({ ...cut, act: cutAct({ never: [exporter] }), and: [...(cut.and ?? []), ...and] });
      expect(only(act)).toEqual([["never", "unknown"]]);
      expect(act.outcome).toBe("inconclusive");
    }
  });

  test("is not what our own undo did after the watching", () => {
    // The observation ends at 16 000; this sample begins before that and ends after it.
    const straddling = sampled(tapo, "prometheus", { every: 1000, takes: 300, from: 900, to: 16_300 }, () => 1).map(
      (it): Learned =>
        it.fact.kind === "samples" && it.at > 16_000
          ? { ...it, fact: { ...it.fact, items: [[15_900, 16_200, 0]] } }
          : it,
    );
    const act = judged({ ...cut, act: cutAct({ never: [exporter] }), and: [...(cut.and ?? []), ...straddling] });
    expect(only(act)).toEqual([["never", "yes"]]);
  });

  describe("counts from the injection on", () => {
    const when = (stage: "injected" | "bitten", from: number, to: number) => (it: Learned) =>
      it.fact.kind === "fault" && it.fact.stage === stage ? fault(stage, from, to) : it;
    /** Looked at five times a second, and 0 for one sample only, which is taken from this instant on. */
    const onceAt = (first: number) =>
      sampled(tapo, "prometheus", { every: 200, takes: 5, from: first % 200, to: 16_300 }, (at) =>
        Math.abs(at - first) < 100 ? 0 : 1,
      );
    const told = (first: number, edit: (it: Learned) => Learned) =>
      judged({ ...cut, act: cutAct({ never: [exporter] }), and: [...(cut.and ?? []), ...onceAt(first)], edit });

    test("however much later the fault is seen to bite", () => {
      const act = told(5100, when("bitten", 5000, 6900));
      expect(only(act)).toEqual([["never", "no"]]);
      expect(act.outcome).toBe("refuted");
    });

    test("also while that is still going on", () => {
      expect(only(told(4800, when("injected", 4600, 5000)))).toEqual([["never", "no"]]);
      expect(only(told(4500, when("injected", 4600, 5000)))).toEqual([["never", "yes"]]);
    });
  });

  test("while the fault is still being injected is nothing if it was so before: what is taken is there until it is gone", () => {
    const and = (gone: number) => [
      ...(cut.and ?? []),
      ...sampled(tapo, "prometheus", { every: 200, takes: 5, from: 100, to: 16_300 }, (at) => (at < gone ? 0 : 1)),
    ];
    const edit = (it: Learned) =>
      it.fact.kind === "fault" && it.fact.stage === "injected" ? fault("injected", 4600, 5000) : it;
    const told = (gone: number) => judged({ ...cut, act: cutAct({ never: [exporter] }), and: and(gone), edit });
    expect(told(4950).outcome).toBe("proven");
    expect(told(5150).outcome).toBe("refuted");
  });

  test("before the fault is nothing", () => {
    const and = [...(cut.and ?? []), ...seen((at) => (at < 4000 ? 0 : 1))];
    expect(judged({ ...cut, act: cutAct({ never: [exporter] }), and }).outcome).toBe("proven");
  });
});

describe("services that are started again in an order", () => {
  const both = actOf({
    faults: [
      { kind: "crash", params: { service: "app" }, at: ms(0) },
      { kind: "crash", params: { service: "postgres" }, at: ms(0) },
    ],
    recovery: { of: ["postgres", "app"], inOrder: true },
  });
  const second = (stage: "announced" | "injected" | "bitten", at: number): Learned => {
    const { fact, ...rest } = fault(stage, at);
    return { ...rest, fact: fact.kind === "fault" ? { ...fact, nth: 1 } : fact };
  };
  const story = (postgres: number, app: number): Story => ({
    act: both,
    until: 13_000,
    down: [[5001, 7500]],
    and: [
      second("announced", 4400),
      second("injected", 5000),
      second("bitten", 5010),
      ...[
        { service: "postgres", at: postgres },
        { service: "app", at: app },
      ].flatMap(({ service, at }) => [
        engine("die", 5005, {}, service),
        engine("start", at, {}, service),
        look(4100, 0, 500, service),
        look(13_050, 1, at, service),
      ]),
    ],
  });

  test("are all healed, and seen in it", () => {
    const act = judged(story(5600, 7000));
    expect(only(act)).toEqual([["order", "yes"]]);
    expect(act.attribution.healer).toBe("restart-policy");
    expect(act.outcome).toBe("proven");
  });

  test("refute the claim in another", () => {
    const act = judged(story(7000, 5600));
    expect(only(act)).toEqual([["order", "no"]]);
    expect(act.outcome).toBe("refuted");
  });

  // An event's time is sure to a millisecond on either side.
  test.each([5998, 6000, 6001, 6002])("leave it open where it cannot be told which came first (6000 and %d)", (app) => {
    const act = judged(story(6000, app));
    expect(only(act)).toEqual([["order", "unknown"]]);
    expect(act.outcome).toBe("inconclusive");
    expect(act.explanation).toContain("postgres and app so close together that their order is not certain");
  });

  test.each([
    [5997, "no"],
    [6003, "yes"],
  ])("are told apart as soon as their times do not touch (6000 and %d)", (app, agrees) => {
    expect(only(judged(story(6000, app)))).toEqual([["order", agrees]]);
  });
});

describe("a claim that nobody heals", () => {
  const message = "messages";
  const called = (at: number | undefined): Learned[] =>
    sampled(message, "probe", { every: 250, takes: 5, from: 100, to: 16_300 }, (now) =>
      at !== undefined && now >= at ? 1 : 0,
    );
  const escalation = (over: Parameters<typeof actOf>[0] = {}) =>
    actOf({
      goal: "escalation",
      ...over,
      recovery: {
        healedBy: "nobody",
        when: [{ metric: message, atLeast: 1 }],
        within: ms(5000),
        patience: ms(10_000),
        ...over.recovery,
      },
    });
  const story: Story = { until: 16_000, down: [[5001, Number.POSITIVE_INFINITY]] };

  test("is proven once a person is called, and nothing is touched", () => {
    const act = judged({ ...story, act: escalation(), and: called(7000) });
    expect(act.verdict).toEqual({ kind: "escalated" });
    expect(act.recovery?.atMost).toBeLessThan(2300);
    expect(only(act)).toEqual([["untouched", "yes"]]);
    expect(act.outcome).toBe("proven");
    expect(act.explanation).toMatch(/^a person was called after/);
  });

  test("is refuted by silence, and by a call that came too late", () => {
    expect(judged({ ...story, act: escalation(), and: called(undefined) })).toMatchObject({
      verdict: { kind: "never-escalated" },
      outcome: "refuted",
    });
    expect(judged({ ...story, act: escalation(), and: called(11_000) })).toMatchObject({
      verdict: { kind: "too-slow" },
      outcome: "refuted",
    });
  });

  test("is refuted where somebody touched a container, whichever it was, but not by our own fault", () => {
    const restart = judged({
      ...story,
      act: escalation(),
      and: [...called(7000), engine("restart", 8000, {}, "redis")],
    });
    expect(only(restart)).toEqual([["untouched", "no"]]);
    expect(restart.outcome).toBe("refuted");
    // What was stopped before is started by nobody but by request; what died, by its restart policy.
    const back = (how: string) => [...called(7000), engine(how, 1000, {}, "redis"), engine("start", 8000, {}, "redis")];
    expect(judged({ ...story, act: escalation(), and: back("stop") }).outcome).toBe("refuted");
    expect(judged({ ...story, act: escalation(), and: back("die") }).outcome).toBe("proven");
    expect(judged({ ...story, act: escalation(), and: [...called(7000), engine("kill", 5000)] }).outcome).toBe(
      "proven",
    );
  });

  test("is, in a control, shown by nobody being called", () => {
    const control = escalation({ expect: "never-recovered" });
    expect(judged({ ...story, act: control, and: called(undefined) }).outcome).toBe("proven");
    expect(judged({ ...story, act: control, and: called(7000) }).outcome).toBe("refuted");
  });

  const holds = (over: Parameters<typeof actOf>[0] = {}) =>
    escalation({ goal: "holds", recovery: { when: [{ ...upOfApp, is: 0 }], stableFor: ms(8000) }, ...over });

  test("holds where it stays so for the whole time", () => {
    const act = judged({ ...story, act: holds(), and: [] });
    expect(act.verdict).toEqual({ kind: "held" });
    expect(act.outcome).toBe("proven");
  });

  test("does not hold where somebody brought it back", () => {
    const act = judged({ ...story, down: [[5001, 8000]], act: holds(), and: [] });
    expect(act.verdict).toEqual({ kind: "never-held" });
    expect(act.outcome).toBe("refuted");
  });

  test("holds also where it was so before the fault", () => {
    const and = sampled("quiet", "prometheus", { every: 1000, takes: 5, from: 100, to: 16_300 }, () => 1);
    const act = judged({ ...story, act: holds({ recovery: { when: [{ metric: "quiet", is: 1 }] } }), and });
    expect(act.verdict).toEqual({ kind: "held" });
  });
});

test("another healer that is expected in a control may not be too quick", () => {
  const slow = (notBefore: number) => actOf({ recovery: { notBefore: ms(notBefore) } });
  expect(judged({ act: slow(1000) }).outcome).toBe("proven");
  expect(judged({ act: slow(4000) }).outcome).toBe("refuted");
  expect(judged({ act: slow(1500) }).outcome).toBe("inconclusive");
});

test.each([1000, 1500, 4000])(
  "that it took so long (%d ms) is told with the injection and the samples that it came from",
  (least) => {
    const journal = tell({ act: actOf({ recovery: { notBefore: ms(least) } }) });
    const [act] = judgeTrial(journal).acts;
    const injected = journal.find((it) => it.kind === "fault" && it.stage === "injected");
    expect(act?.recoveryEvidence?.seqs.length).toBeGreaterThan(0);
    expect(act?.checks.map((it) => it.evidence.seqs)).toEqual([
      [injected?.seq, ...(act?.recoveryEvidence?.seqs ?? [])],
    ]);
  },
);

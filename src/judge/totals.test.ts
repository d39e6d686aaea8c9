import { describe, expect, test } from "vitest";
import type { Observer } from "../journal.ts";
import type { Condition } from "../scenario/conditions.ts";
import { instant, ms } from "../time.ts";
import type { ActJudgement } from "./judgement.ts";
import { steadyOf } from "./live.ts";
import { judgedFor, seriesIn } from "./series.ts";
import {
  actOf,
  fault,
  type Item,
  journalOf,
  type Learned,
  planOf,
  policyRestart,
  type Story,
  sampled,
  series,
  tell,
} from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

/** Running totals: restarts, lines of a log, messages. The fault is injected at 5000. */

const message = { message: "down", at: "http://notify:8025/messages" } satisfies Condition;
const messages = "messages at http://notify:8025/messages /down/";
const restarts = "starts of app";
const line = { log: "app", matches: "connected" } satisfies Condition;
const lines = "log of app /connected/";

/** A total that is looked at four times a second, and rises at each of these times. */
const rising = (id: string, observer: Observer, ...at: number[]): Learned[] =>
  sampled(id, observer, { every: 250, takes: 5, from: 100, to: 16_300 }, (now) => at.filter((it) => now >= it).length);

const judged = (story: Story): ActJudgement => {
  const [act] = judgeTrial(tell({ until: 16_000, ...story })).acts;
  if (!act) throw new Error("there is an act");
  return act;
};
const only = ({ checks }: ActJudgement) => checks.map((it) => [it.kind, it.agrees]);

describe("a message that a person is to get", () => {
  const called = (over: Partial<typeof message> & { atLeast?: number } = {}) =>
    actOf({ goal: "escalation", recovery: { healedBy: "nobody", when: [{ ...message, ...over }] } });
  const story = (...at: number[]): Story => ({
    down: [[5001, Number.POSITIVE_INFINITY]],
    and: rising(messages, "http", ...at),
  });

  test("is one that came after the fault: older ones are not counted", () => {
    expect(judged({ ...story(1000, 2000), act: called() }).verdict).toEqual({ kind: "never-escalated" });
    const act = judged({ ...story(1000, 2000, 7000), act: called() });
    expect(act.verdict).toEqual({ kind: "escalated" });
    expect(act.recovery?.atLeast).toBeGreaterThan(1700);
    expect(act.recovery?.atMost).toBeLessThan(2300);
    expect(act.signals[0]?.outages[0]?.evidence.text).toBe(`${messages} was 0 messages, and 1 message again`);
  });

  test("may have to come more than once", () => {
    expect(judged({ ...story(6000, 8000), act: called({ atLeast: 2 }) }).recovery?.atLeast).toBeGreaterThan(2700);
    expect(judged({ ...story(1000, 8000), act: called({ atLeast: 2 }) }).verdict.kind).toBe("never-escalated");
  });

  test("is not known where nobody looked before the fault: it may be an old one", () => {
    const blind = (id: string, from: number) => id !== messages || from > 5500;
    const act = judged({ ...story(1000), keep: blind, act: called() });
    expect(act.verdict).toEqual({ kind: "inconclusive", reason: "observer-gap" });
  });

  test("is not known where nobody looked for five seconds", () => {
    const blind = (id: string, from: number) => id !== messages || from < 6000 || from > 11_600;
    expect(judged({ ...story(), keep: blind, act: called() }).verdict).toEqual({
      kind: "inconclusive",
      reason: "observer-gap",
    });
  });
});

describe("restarts", () => {
  const never = (...at: number[]) =>
    judged({
      act: actOf({ never: [{ restarts: "app", atLeast: 2 }] }),
      and: [...rising(restarts, "engine", ...at), ...policyRestart()],
    });

  test("before the fault are none", () => {
    expect(only(never(1000, 2000, 5600))).toEqual([["never", "yes"]]);
  });

  test("that may never be refute the claim once there are too many", () => {
    const act = never(5600, 9000);
    expect(only(act)).toEqual([["never", "no"]]);
    expect(act.outcome).toBe("refuted");
    expect(act.explanation).toContain("app was started again 2 times or more at 9");
  });

  test("that must come meanwhile do, in their time", () => {
    const during = (within: number) => [{ condition: { restarts: "app", atLeast: 1 } as const, within: ms(within) }];
    const and = [...rising(restarts, "engine", 7000), ...policyRestart()];
    expect(only(judged({ act: actOf({ during: during(3000) }), and }))).toEqual([["during", "yes"]]);
    expect(only(judged({ act: actOf({ during: during(1000) }), and }))).toEqual([["during", "no"]]);
  });
});

describe("a line of a log as a sign of recovery", () => {
  const act = actOf({ recovery: { when: [line] } });

  test("is no part of the steady state, and gives the time at which it was written", () => {
    const told: Item[] = [...Array(60).keys()].map((it) => [it * 250, it * 250, it * 250 >= 6400 ? 1 : 0]);
    const items: Item[] = [...told, [6390, 6392, 1]];
    const found = judged({ act, and: [...series(lines, "log", 200, items), ...policyRestart()] });
    expect(found.recoveredAt).toEqual({ earliest: 6250, latest: 6392 });
    expect(found.outcome).toBe("proven");
  });

  test("that comes right after the fault, before anybody looked again, counts", () => {
    const looks: Item[] = [...Array(60).keys()].map((it) => [it * 250, it * 250, it * 250 > 5012 ? 1 : 0]);
    const items: Item[] = [...looks.filter(([from]) => from !== 5000), [5011, 5013, 1]];
    const act = actOf({ goal: "recovery", recovery: { when: [line] } });
    const found = judged({ act, and: [...series(lines, "log", 250, items), ...policyRestart(5002, 5006)] });
    expect(found.recoveredAt).toEqual({ earliest: 4750, latest: 5013 });
  });

  test("that was told late is not unsaid by what was looked at before it was told", () => {
    // Written at 6100, told after two looks that did not know of it.
    const items: Item[] = [
      [4000, 4000, 0],
      [6000, 6000, 0],
      [6250, 6250, 0],
      [6500, 6500, 0],
      [6100, 6102, 1],
      [6750, 6750, 1],
    ];
    const found = seriesIn(tell({ and: series(lines, "log", 250, items) }), [lines]).get(lines);
    if (!found) throw new Error("there is such a series");
    const read = judgedFor(line, found, { earliest: instant(5000), latest: instant(5001) });
    expect(read.ticks.map((it) => [it.from, it.good])).toEqual([
      [4000, false],
      [6000, false],
      [6100, true],
      [6250, true],
      [6500, true],
      [6750, true],
    ]);
  });
});

describe("in the steady state, a total counts", () => {
  const quiet = { restarts: "app", is: 0 } satisfies Condition;
  const plan = { conditions: [quiet], for: ms(1000) };
  const items = (rise: number): Item[] =>
    [...Array(40).keys()].map((it) => [it * 250, it * 250 + 5, it * 250 >= rise ? 4 : 3]);
  const steady = (rise: number, ...and: Learned[]) =>
    steadyOf(
      journalOf(planOf([actOf()]), [...series(restarts, "engine", 200, items(rise)), ...and]),
      plan,
      instant(9800),
    );

  test("from the first that was seen before anything is done", () => {
    expect(steady(60_000).holds).toBe(true);
    expect(steady(6000)).toMatchObject({
      holds: false,
      wanted: "app was never started again",
      lastSeen: expect.stringMatching(/^1 start, /),
    });
  });

  test("from what we did last: a restart that healed is not held against the state after it", () => {
    expect(steady(6000, fault("injected", 5000), fault("undone", 7000)).holds).toBe(true);
    expect(steady(8000, fault("injected", 5000), fault("undone", 7000)).holds).toBe(false);
  });
});

test("a try that is answered well but too slowly is bad: its end is the latency's, not the status'", () => {
  const fast = { probe: "http://app:8080/orders", latencyAtMost: "100ms" } satisfies Condition;
  const takes = (at: number) => (at >= 5010 && at < 7000 ? 300 : 2);
  const items: Item[] = [...Array(1570).keys()].map((it) => [500 + it * 10, 500 + it * 10 + takes(500 + it * 10), 200]);
  const and = [...series(fast.probe, "probe", 10, items), ...policyRestart()];
  expect(judged({ act: actOf({ recovery: { when: [fast] } }), and }).recoveredAt).toEqual({
    earliest: 6990,
    latest: 7002,
  });
});

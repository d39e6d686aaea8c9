import { expect, test } from "vitest";
import type { Journal } from "../journal.ts";
import { instant, ms } from "../time.ts";
import { progressOf, steadyOf } from "./live.ts";
import {
  actOf,
  apiRestart,
  journalOf,
  planOf,
  probeOfApp,
  sampled,
  series,
  tell,
  upOfApp,
  watchdogCounter,
  watchdogCounts,
} from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

const until = (journal: Journal, at: number): Journal =>
  journal.filter((it) => it.at <= at && !(it.kind === "phase" && it.phase === "observe" && it.edge === "end"));

test("an act waits while a condition is bad, has recovered while it must still last, and is settled then", () => {
  const act = actOf();
  const journal = tell({ until: 20_000, and: [] });
  const state = (at: number) => progressOf(until(journal, at), act).state;
  expect(state(4000)).toBe("waiting");
  expect(state(5005)).toBe("waiting");
  expect(state(6900)).toBe("waiting"); // the probe is well again; up is not yet
  expect(state(7200)).toBe("recovered");
  expect(state(9100)).toBe("recovered"); // up is due at 10150 next: the window to 10155 is not complete
  expect(state(10_160)).toBe("settled");
  expect(progressOf(until(journal, 10_160), act).recoveredAt).toEqual({ earliest: 6190, latest: 7155 });
});

test("an act whose service goes down again waits again", () => {
  const down = [
    [5001, 6200],
    [8000, 8400],
  ] as const;
  const journal = tell({ down, until: 20_000 });
  expect(progressOf(until(journal, 7900), actOf()).state).toBe("recovered");
  expect(progressOf(until(journal, 8100), actOf()).state).toBe("waiting");
});

test("an act waits for its corroborations, each until its own time is over", () => {
  const act = actOf({
    recovery: { corroboratedBy: [{ counter: watchdogCounter, increases: true, within: ms(5000) }] },
  });
  const rises = tell({ act, until: 20_000, and: [...apiRestart(), ...watchdogCounts(11_000)] });
  expect(progressOf(until(rises, 10_900), act).state).toBe("recovered");
  expect(progressOf(until(rises, 11_400), act).state).toBe("settled");
  const never = tell({ act, until: 20_000, and: [...apiRestart(), ...watchdogCounts(undefined)] });
  expect(progressOf(until(never, 11_400), act).state).toBe("recovered");
  expect(progressOf(until(never, 12_200), act).state).toBe("recovered");
  expect(progressOf(until(never, 12_400), act).state).toBe("settled");
  const silent = tell({ act, until: 20_000, and: apiRestart() });
  expect(progressOf(until(silent, 14_000), act).state).toBe("recovered");
  expect(progressOf(until(silent, 15_400), act).state).toBe("settled");
});

test("what is settled is judged as recovered from the same records", () => {
  const journal = tell({ until: 20_000 });
  let end = 5000;
  while (progressOf(until(journal, end), actOf()).state !== "settled") end += 10;
  const cut = tell({ until: end });
  expect(judgeTrial(cut).acts[0]?.verdict.kind).toBe("recovered");
});

const steady = { conditions: [upOfApp, probeOfApp], for: ms(2000) };
const journal = (upItems: Parameters<typeof series>[3], probeUpTo = 5000, bad = -1) =>
  journalOf(planOf([actOf()]), [
    ...series('up{job="app"}', "prometheus", 1000, upItems),
    ...sampled("http://app:8080/readyz", "probe", { every: 50, to: probeUpTo }, (at) =>
      Math.abs(at - bad) < 20 ? 503 : 200,
    ),
  ]);
const up = (...starts: number[]) => starts.map((at): [number, number, number] => [at, at + 5, 1]);

test("steady: all conditions are good, without a gap, for long enough by their samples' own times", () => {
  expect(steadyOf(journal(up(1000, 2000, 3000, 4000)), steady, instant(5000))).toMatchObject({
    holds: true,
    since: 1005,
  });
});

test("not steady: the condition that spoils it is named, with its last value", () => {
  expect(steadyOf(journal([...up(1000, 2000, 3000), [4000, 4005, 0]]), steady, instant(5000))).toEqual({
    holds: false,
    wanted: 'up{job="app"} is 1',
    why: "bad",
    lastSeen: "0, 995 ms ago",
  });
});

test.each([
  ["good only since a bad sample", journal(up(1000, 2000, 3000, 4000), 5000, 4000), "too-short"],
  ["good on both sides of a gap", journal(up(100, 4500)), "too-short"],
  ["its samples have stopped", journal(up(1000, 2000, 3000, 4000), 3500), "silent"],
  ["it has none", journal([]), "silent"],
])("not steady: %s", (_, records, why) => {
  expect(steadyOf(records, steady, instant(5000))).toMatchObject({ holds: false, why });
});

test("steady can be asked about from an instant on", () => {
  const records = journal(up(1000, 2000, 3000, 4000));
  expect(steadyOf(records, steady, instant(5000), instant(3500)).holds).toBe(false);
});

import { expect, test } from "vitest";
import { mayBegin, pace } from "./pace.ts";

/** A clock that a test moves, whose timers fire `lateness` after (or before) they are due. */
function simulated(lateness: (timer: number) => number) {
  let now = 1000;
  let timers = 0;
  let due: { at: number; call: () => void } | undefined;
  return {
    now: () => now,
    after(delayMs: number, call: () => void) {
      due = { at: now + delayMs + lateness(timers++), call };
      return () => {
        due = undefined;
      };
    },
    runUntil(end: number) {
      while (due && due.at <= end) {
        const { at, call } = due;
        due = undefined;
        now = at;
        call();
      }
    },
    get armed() {
      return due !== undefined;
    },
  };
}

function ticksOf(lateness: (timer: number) => number, everyMs = 10, forMs = 1000): number[] {
  const clock = simulated(lateness);
  const ticks: number[] = [];
  pace(everyMs, clock, () => ticks.push(clock.now() - 1000), new AbortController().signal);
  clock.runUntil(1000 + forMs - 1);
  return ticks;
}

test("late timers do not add up: the rate stays exact", () => {
  const ticks = ticksOf((timer) => (timer % 3) * 0.9);
  expect(ticks).toHaveLength(100);
  for (const [index, at] of ticks.entries()) expect(Math.abs(at - index * 10)).toBeLessThan(3);
});

test("a timer that comes early makes one tick, not two", () => {
  const ticks = ticksOf(() => -0.8);
  expect(ticks).toHaveLength(100);
  expect(ticks.slice(1).every((at, index) => at - (ticks[index] ?? 0) > 5)).toBe(true);
});

test("missed ticks are left out, with no burst afterwards, and the schedule is kept", () => {
  const ticks = ticksOf((timer) => (timer === 4 ? 73 : 0));
  expect(ticks.slice(0, 8)).toEqual([0, 10, 20, 30, 40, 123, 130, 140]);
});

test("a period that is no whole number of milliseconds is kept on average", () => {
  expect(ticksOf(() => 0, 7.5, 1500)).toHaveLength(200);
});

test("nothing is called and no timer left once it is aborted", () => {
  const clock = simulated(() => 0);
  const stop = new AbortController();
  let ticks = 0;
  pace(10, clock, () => ++ticks, stop.signal);
  clock.runUntil(1025);
  stop.abort();
  expect(clock.armed).toBe(false);
  expect(ticks).toBe(3);
});

test("no try begins while all places are taken", () => {
  expect(mayBegin(32, 1e6, { timeoutMs: 1000, maxInFlight: 32 })).toBe(false);
  expect(mayBegin(0, 0, { timeoutMs: 1000, maxInFlight: 1 })).toBe(true);
  expect(mayBegin(1, 1e6, { timeoutMs: 1000, maxInFlight: 1 })).toBe(false);
});

test("where nothing answers, the pause between two tries never becomes longer than a rationed place", () => {
  const limits = { timeoutMs: 1000, maxInFlight: 32 };
  const begun: number[] = [];
  for (let now = 0; now < 5000; now += 10) {
    const inFlight = begun.filter((from) => from > now - limits.timeoutMs).length;
    expect(inFlight).toBeLessThanOrEqual(32);
    if (mayBegin(inFlight, now - (begun.at(-1) ?? -1e9), limits)) begun.push(now);
  }
  const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
  // A sixteenth of the limit, rounded up to a whole tick.
  expect(Math.max(...pauses)).toBe(70);
});

import type Dockerode from "dockerode";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hostNow } from "../clock.ts";
import { stretchLimits } from "../limit.ts";
import { engineClock } from "./engine-events.ts";

let end: AbortController;
beforeEach(() => {
  end = new AbortController();
});
afterEach(() => {
  end.abort();
  vi.restoreAllMocks();
});

const realNow = Date.now;

/** An engine on another kernel, by whose clock it is so much later than by ours. */
function engine(aheadMs: number) {
  const state = { aheadMs, asked: 0 };
  const now = () => realNow() + state.aheadMs;
  const info = async () => {
    state.asked++;
    return { SystemTime: new Date(now()).toISOString() };
  };
  return { state, now, docker: { info } as unknown as Dockerode };
}

/** How far off the present moment is, of which it is told by another clock: 0 where it lies within what is said of it. */
function wrongBy({ from, to }: { from: number; to: number }): number {
  const now = hostNow();
  return Math.max(0, from - now, now - to - 5);
}

test("another machine's clock that is set, or drifts, is followed", async () => {
  // Compared every 50 ms.
  using _fast = stretchLimits(0.01);
  const { state, now, docker } = engine(90_000);
  const clock = await engineClock(docker, false, end.signal);
  expect(wrongBy(clock.toHost(now()))).toBe(0);
  expect(Math.abs(clock.offsetMs - 90_000)).toBeLessThan(clock.uncertaintyMs + 1);
  state.aheadMs = 60_000;
  await expect.poll(() => wrongBy(clock.toHost(now()))).toBe(0);
  expect(Math.abs(clock.offsetMs - 60_000)).toBeLessThan(clock.uncertaintyMs + 1);
});

test("our own clock that is set makes no difference to what another one tells", async () => {
  const { now, docker } = engine(90_000);
  const clock = await engineClock(docker, false, end.signal);
  vi.spyOn(Date, "now").mockImplementation(() => realNow() - 30_000);
  expect(wrongBy(clock.toHost(now()))).toBe(0);
  expect(Math.abs(clock.offsetMs - 120_000)).toBeLessThan(clock.uncertaintyMs + 1);
});

test("nobody is asked any more once the observation has ended", async () => {
  using _fast = stretchLimits(0.01);
  const { state, docker } = engine(0);
  await engineClock(docker, false, end.signal);
  await expect.poll(() => state.asked).toBeGreaterThan(5);
  end.abort();
  const { asked } = state;
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(state.asked).toBeLessThanOrEqual(asked + 1);
});

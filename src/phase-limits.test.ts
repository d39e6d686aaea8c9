import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { builtInFaults } from "./fault/registry.ts";
import { answered, within } from "./limit.ts";
import { attachLimit, bootLimit, downLimit, evidenceLimit, limitsOf, upLimit } from "./phase-limits.ts";
import { stopLimit } from "./stack/stopping.ts";
import { type Duration, seconds } from "./time.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const hangs = new Promise<never>(() => undefined);

/** Whose error is seen where something in a phase hangs. */
async function firstToTell(phase: Duration, part: Promise<unknown>): Promise<unknown> {
  const seen = within(phase, part, () => new Error("the phase's")).catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(phase);
  return seen;
}

const [fault] = builtInFaults;
if (!fault) throw new Error("there are faults");
const { inject, undo } = limitsOf([fault]);

test.each<[string, Duration]>([
  ["up", upLimit(seconds(90), false)],
  ["attach", attachLimit],
  ["inject", inject],
  ["undo", undo],
  ["evidence", evidenceLimit],
  ["down", downLimit],
])("an engine that is silent in the phase %s is told as such, not as an overrun", async (_phase, limit) => {
  expect(await firstToTell(limit, answered("for something", hangs))).toMatchObject({ code: "engine-silent" });
});

test("a stop that the engine does not come to the end of is told as such, where it is injected and where it is undone", async () => {
  for (const limit of [inject, undo])
    expect(await firstToTell(limit, answered("to stop app", hangs, stopLimit))).toMatchObject({
      code: "engine-silent",
    });
});

test("what is undone one after the other has the time for each; what takes the engine, for a boot", () => {
  expect(limitsOf([fault, fault]).undo - undo).toBeGreaterThanOrEqual(stopLimit);
  const taken = limitsOf(builtInFaults.filter((it) => it.takesEngine).slice(0, 1));
  expect(Math.min(taken.inject, taken.undo)).toBeGreaterThan(bootLimit + attachLimit);
});

import { expect, test } from "vitest";
import type { ProcessState } from "./hand.ts";
import { watchState } from "./watch.ts";

test("each change is told once, between the last look before it and the first after it, until the process is gone", async () => {
  const looks: ProcessState[] = ["running", "running", "stopped", "stopped", "running", "gone", "running"];
  const at: number[] = [];
  const told: [ProcessState, number, number][] = [];
  await watchState(
    () => {
      at.push(Number(process.hrtime.bigint()) / 1e6);
      return looks[at.length - 1] ?? "gone";
    },
    (...change) => told.push(change),
    new AbortController().signal,
  );
  expect(told.map(([state]) => state)).toEqual(["running", "stopped", "running", "gone"]);
  expect(at).toHaveLength(6);
  for (const [index, look] of [0, 2, 4, 5].entries()) {
    const [, from, to] = told[index] ?? [];
    // From before the last look in the former state, to after the first in this one.
    expect(from).toBeLessThanOrEqual(at[Math.max(0, look - 1)] ?? 0);
    expect(from).toBeGreaterThan(at[look - 2] ?? 0);
    expect(to).toBeGreaterThanOrEqual(at[look] ?? 0);
    expect(to).toBeLessThan(at[look + 1] ?? Number.POSITIVE_INFINITY);
  }
});

test("it ends when it is aborted, and fails when looking fails", async () => {
  const stop = new AbortController();
  const watching = watchState(
    () => "running",
    () => stop.abort(),
    stop.signal,
  );
  await expect(watching).resolves.toBeUndefined();
  const failing = watchState(
    () => {
      throw new Error("no permission");
    },
    () => undefined,
    new AbortController().signal,
  );
  await expect(failing).rejects.toThrow("no permission");
});

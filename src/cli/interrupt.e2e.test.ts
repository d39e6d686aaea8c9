import { describe, expect, test, vi } from "vitest";
import { Healproof, leftOf, runIdIn, type Started } from "./testing/healproof.ts";
import { frozenForGood } from "./testing/small-scenarios.ts";

/** A run against the real engine that is interrupted or killed, at several moments: everything is put back. */

/** Several containers, so that there is a while in which some of them are being created. */
const referenceStack = () => "scenarios/process/app-hang.yaml";

/** When to strike, and at what. */
const moments: Record<string, { scenario(of: Healproof): string; strike(run: Started): Promise<void> }> = {
  "while Compose makes its containers": {
    scenario: referenceStack,
    async strike(run) {
      await run.until(/: up/);
      // The hand's container is there before; more than that is the stack's.
      await vi.waitUntil(async () => (await leftOf(runIdIn(run.err))).length > 2, { timeout: 60_000, interval: 20 });
    },
  },
  "while its stack is steady": { scenario: frozenForGood, strike: (run) => run.until(/: steady/) },
  "while the fault is in force": { scenario: frozenForGood, strike: (run) => run.until(/: observe/) },
};

describe.each(Object.entries(moments))("%s", (_when, { scenario, strike }) => {
  const start = (healproof: Healproof) =>
    healproof.start(["run", scenario(healproof), "--no-control", "--out", healproof.folder]);

  test.concurrent("Ctrl-C puts everything back, needs no second command, and exits with 130", {
    timeout: 180_000,
  }, async () => {
    using healproof = new Healproof();
    const run = start(healproof);
    await strike(run);
    run.kill("SIGINT");
    const { code, err } = await run.ended;
    expect(code, err).toBe(130);
    expect(await leftOf(runIdIn(err))).toEqual([]);
    expect(healproof.undoEntries()).toEqual([]);
  });

  test.concurrent("after a SIGKILL, clean puts everything back, once, and says what it did", {
    timeout: 180_000,
  }, async () => {
    using healproof = new Healproof();
    const run = start(healproof);
    await strike(run);
    run.kill("SIGKILL");
    const { err } = await run.ended;
    const id = runIdIn(err);

    const clean = await healproof.run(["clean"]);
    expect(clean.code, clean.err).toBe(0);
    expect(clean.out).toContain(id);
    expect(await leftOf(id)).toEqual([]);
    expect(healproof.undoEntries()).toEqual([]);

    const again = await healproof.run(["clean"]);
    expect(again.out).not.toContain(id);
    expect(await leftOf(id)).toEqual([]);
  });
});

test("the undo is on the disk while the fault is in force, and clean performs it", { timeout: 180_000 }, async () => {
  using healproof = new Healproof();
  const run = healproof.start(["run", frozenForGood(healproof), "--out", healproof.folder, "--keep"]);
  await run.until(/: observe/);
  expect(healproof.undoEntries()).toHaveLength(1);
  run.kill("SIGKILL");
  const id = runIdIn((await run.ended).err);

  const clean = await healproof.run(["clean"]);
  expect(clean.out).toContain("continued");
  expect(healproof.undoEntries()).toEqual([]);
  // A stack that was kept on purpose stays until it is asked to go.
  expect(await leftOf(id)).not.toEqual([]);
  const down = await healproof.run(["down", id]);
  expect(down.code, down.err).toBe(0);
  expect(await leftOf(id)).toEqual([]);
});

test("a run whose output nobody reads any more still puts everything back", { timeout: 180_000 }, async () => {
  using healproof = new Healproof();
  const run = healproof.start(["run", frozenForGood(healproof), "--out", healproof.folder]);
  await run.until(/: observe/);
  const id = runIdIn(run.err);
  run.stopReading();
  run.kill("SIGINT");
  expect((await run.ended).code).toBe(130);
  expect(await leftOf(id)).toEqual([]);
  expect(healproof.undoEntries()).toEqual([]);
});

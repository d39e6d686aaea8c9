import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { Healproof, leftOf, runIdIn, type Started } from "./testing/healproof.ts";

/** The command line against the real engine: what a user does, and what an impatient one does. */

const hang = ["run", "scenarios/process/app-hang.yaml", "--no-control"];

/** Undo entries that a process left on the disk. */
function undoEntries(folder: string): string[] {
  const undo = join(folder, "state", "healproof", "undo");
  return existsSync(undo) ? readdirSync(undo) : [];
}

/** When to strike, and whether there is anything yet that clean can have put back. */
const moments: Record<string, (run: Started) => Promise<void>> = {
  "while Compose makes its containers": async (run) => {
    await run.until(/app-hang: up/);
    // The hand's container is there before; more than that is the stack's.
    await vi.waitUntil(async () => (await leftOf(runIdIn(run.err))).length > 2, { timeout: 60_000, interval: 20 });
  },
  "while its stack is steady": (run) => run.until(/app-hang: steady/),
  "while the fault is in force": (run) => run.until(/app-hang: observe/),
};

describe.each(Object.entries(moments))("%s", (_when, strike) => {
  test.concurrent("Ctrl-C puts everything back, needs no second command, and exits with 130", {
    timeout: 180_000,
  }, async () => {
    using healproof = new Healproof();
    const run = healproof.start([...hang, "--out", healproof.folder]);
    await strike(run);
    run.kill("SIGINT");
    const { code, err } = await run.ended;
    expect(code, err).toBe(130);
    expect(await leftOf(runIdIn(err))).toEqual([]);
    expect(undoEntries(healproof.folder)).toEqual([]);
  });

  test.concurrent("after a SIGKILL, clean puts everything back, once, and says what it did", {
    timeout: 180_000,
  }, async () => {
    using healproof = new Healproof();
    const run = healproof.start([...hang, "--out", healproof.folder]);
    await strike(run);
    run.kill("SIGKILL");
    const { err } = await run.ended;
    const id = runIdIn(err);

    const clean = await healproof.run(["clean"]);
    expect(clean.code, clean.err).toBe(0);
    expect(clean.out).toContain(id);
    expect(await leftOf(id)).toEqual([]);
    expect(undoEntries(healproof.folder)).toEqual([]);

    const again = await healproof.run(["clean"]);
    expect(again.out).not.toContain(id);
    expect(await leftOf(id)).toEqual([]);
  });
});

test("a run that still lives is not cleaned away by another", { timeout: 180_000 }, async () => {
  using healproof = new Healproof();
  const run = healproof.start([...hang, "--out", healproof.folder]);
  await run.until(/app-hang: observe/);
  const clean = await healproof.run(["clean"]);
  expect(clean.code).toBe(0);
  const { code, out, err } = await run.ended;
  expect(code, out + err).toBe(0);
  expect(await leftOf(runIdIn(err))).toEqual([]);

  const folder = join(healproof.folder, "latest");
  for (const file of ["run.json", "index.html", "junit.xml", "summary.md", "app-hang/journal.ndjson"])
    expect(existsSync(join(folder, file)), file).toBe(true);

  const judged = await healproof.run(["judge", join(folder, "app-hang", "journal.ndjson")]);
  expect(judged.code).toBe(0);
  expect(judged.out).toContain("healed by the watchdog");

  const before = readFileSync(join(folder, "index.html"), "utf8");
  const reported = await healproof.run(["report", folder]);
  expect(reported.code).toBe(0);
  expect(readFileSync(join(folder, "index.html"), "utf8")).toBe(before);
});

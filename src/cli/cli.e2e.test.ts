import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Healproof, leftOf, runIdIn } from "./testing/healproof.ts";

/** The command line against the real engine: what a user does, and what an impatient one does. */

const hang = ["run", "scenarios/process/app-hang.yaml", "--no-control"];

/** Undo entries that a process left on the disk. */
function undoEntries(folder: string): string[] {
  const undo = join(folder, "state", "healproof", "undo");
  return existsSync(undo) ? readdirSync(undo) : [];
}

/** When to strike: a line of progress after which something particular is under way. */
const moments = {
  "while its stack starts": /app-hang: up/,
  "while the fault is in force": /app-hang: observe/,
};

describe.each(Object.entries(moments))("%s", (_when, moment) => {
  test("Ctrl-C puts everything back, needs no second command, and exits with 130", { timeout: 180_000 }, async () => {
    using healproof = new Healproof();
    const run = healproof.start([...hang, "--out", healproof.folder]);
    await run.until(moment);
    run.kill("SIGINT");
    const { code, err } = await run.ended;
    expect(code, err).toBe(130);
    expect(await leftOf(runIdIn(err))).toEqual([]);
    expect(undoEntries(healproof.folder)).toEqual([]);
  });

  test("after a SIGKILL, clean puts everything back, once, and says what it did", { timeout: 180_000 }, async () => {
    using healproof = new Healproof();
    const run = healproof.start([...hang, "--out", healproof.folder]);
    await run.until(moment);
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

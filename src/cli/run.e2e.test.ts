import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Healproof, leftOf, runIdIn } from "./testing/healproof.ts";
import { apiCrash } from "./testing/small-scenarios.ts";

/** Runs against the real engine, what they say and what they leave to be judged again. */

test("a scenario is run against broken healers: one is caught, a harmless one is a hole, and the run has failed", {
  timeout: 180_000,
}, async () => {
  using healproof = new Healproof();
  const file = apiCrash(healproof);
  const broken = join(healproof.folder, "broken-healers.yaml");
  writeFileSync(
    broken,
    `- name: stays-dead
  breaks: restart-policy
  what: The API is not started again
  override: { api: { restart: "no" } }
- name: harmless
  breaks: restart-policy
  what: Nothing is broken at all here
  override: { api: { environment: { COLOUR: blue } } }
- name: blind
  breaks: watchdog
  what: There is no watchdog that could be
  override: { api: { environment: { COLOUR: red } } }
`,
  );
  const { code, out, err } = await healproof.run([
    "run",
    file,
    "--broken",
    broken,
    "--out",
    healproof.folder,
    "--json",
  ]);
  expect(code, err).toBe(1);
  const { outcome, scenarios, matrix } = JSON.parse(out);
  expect(outcome).toBe("refuted");
  expect(scenarios).toMatchObject([{ scenario: "api-crash", outcome: "proven" }]);
  expect(matrix).toMatchObject({
    outcome: "refuted",
    healers: [
      { name: "stays-dead", outcome: "proven", explanation: "caught by api-crash" },
      { name: "harmless", outcome: "refuted", explanation: "a hole: missed by api-crash" },
      { name: "blind", outcome: "refuted", explanation: "a hole: no scenario is concerned by it" },
    ],
    cells: [{ state: "caught" }, { state: "missed" }, { state: "not-concerned" }],
  });
  expect(await leftOf(runIdIn(err))).toEqual([]);
  expect(existsSync(join(healproof.folder, "latest", "api-crash-variant-stays-dead", "journal.ndjson"))).toBe(true);
});

test("a run that still lives is not cleaned away by another, and what it saved can be judged again", {
  timeout: 180_000,
}, async () => {
  using healproof = new Healproof();
  const run = healproof.start(["run", apiCrash(healproof), "--out", healproof.folder]);
  await run.until(/: observe/);
  const clean = await healproof.run(["clean"]);
  expect(clean.code).toBe(0);
  const { code, out, err } = await run.ended;
  expect(code, out + err).toBe(0);
  expect(await leftOf(runIdIn(err))).toEqual([]);

  const folder = join(healproof.folder, "latest");
  for (const file of ["run.json", "index.html", "junit.xml", "summary.md", "api-crash/journal.ndjson"])
    expect(existsSync(join(folder, file)), file).toBe(true);
  expect(readdirSync(join(folder, "api-crash", "evidence"))).toEqual(["api.log", "containers.json"]);

  const judged = await healproof.run(["judge", join(folder, "api-crash", "journal.ndjson")]);
  expect(judged.code).toBe(0);
  expect(judged.out).toContain("healed by the restart policy");

  const before = readFileSync(join(folder, "index.html"), "utf8");
  const reported = await healproof.run(["report", folder]);
  expect(reported.code).toBe(0);
  expect(readFileSync(join(folder, "index.html"), "utf8")).toBe(before);
});

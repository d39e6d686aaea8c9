import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { Healproof, leftOf, runIdIn, type Started, smallStack } from "./testing/healproof.ts";

/**
 * The command line against the real engine: what a user does, and what an impatient one does. Only here is `clean` called without a
 * run's id, and only where no other test has just left something: it would put that back too.
 */

/** Several containers, so that there is a while in which some of them are being created. */
const referenceStack = () => "scenarios/process/app-hang.yaml";

/** Nothing heals it, so the fault stays in force for as long as anybody waits. */
const frozenForGood = ({ folder }: Healproof) =>
  smallStack(
    folder,
    `name: api-hang
claim: A frozen API comes back (it does not)
stack: { compose: ./compose.yaml }
fault: { hang: { service: api } }
recovery:
  within: 60s
  healedBy: watchdog
  when: [{ probe: "http://api:8080/" }]
uncontrolled: this scenario is only there to be interrupted
`,
  );

const apiCrash = ({ folder }: Healproof) =>
  smallStack(
    folder,
    `name: api-crash
claim: The restart policy has a crashed API back
stack: { compose: ./compose.yaml }
fault: { crash: { service: api } }
recovery:
  within: 10s
  healedBy: restart-policy
  when: [{ probe: "http://api:8080/" }]
uncontrolled: the scenarios of the gate have their controls
`,
  );

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

    const clean = await healproof.run(["clean", id]);
    expect(clean.code, clean.err).toBe(0);
    expect(clean.out).toContain(id);
    expect(await leftOf(id)).toEqual([]);
    expect(healproof.undoEntries()).toEqual([]);

    const again = await healproof.run(["clean", id]);
    expect(again.out).toBe(`nothing of ${id} to clean\n`);
    expect(await leftOf(id)).toEqual([]);
  });
});

test.concurrent("the undo is on the disk while the fault is in force, and clean performs it", {
  timeout: 180_000,
}, async () => {
  using healproof = new Healproof();
  const run = healproof.start(["run", frozenForGood(healproof), "--out", healproof.folder, "--keep"]);
  await run.until(/: observe/);
  expect(healproof.undoEntries()).toHaveLength(1);
  run.kill("SIGKILL");
  const id = runIdIn((await run.ended).err);

  const clean = await healproof.run(["clean", id]);
  expect(clean.out).toContain("continued");
  expect(healproof.undoEntries()).toEqual([]);
  // A stack that was kept on purpose stays until it is asked to go.
  expect(await leftOf(id)).not.toEqual([]);
  const down = await healproof.run(["down", id]);
  expect(down.code, down.err).toBe(0);
  expect(await leftOf(id)).toEqual([]);
});

test.concurrent("a scenario is run against broken healers: one is caught, a harmless one is a hole, and the run has failed", {
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

test.concurrent("a run whose output nobody reads any more still puts everything back", {
  timeout: 180_000,
}, async () => {
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

/**
 * What `clean` says, which succeeds. Only where the engine has lost count of somebody's network, which nothing but its restart sets right
 * (moby#42119), it must say that it does not.
 */
async function cleaned(healproof: Healproof, ...runs: readonly string[]): Promise<string> {
  const { code, out, err } = await healproof.run(["clean", ...runs]);
  const stuck = err.includes("stays until the engine is restarted");
  expect(code, out + err).toBe(stuck ? 70 : 0);
  return stuck ? err : out;
}

test("of what killed runs left, clean puts back what is of the run that is named, or else everything", {
  timeout: 180_000,
}, async () => {
  using healproof = new Healproof();
  const scenario = frozenForGood(healproof);
  const runs = [1, 2].map(() => healproof.start(["run", scenario, "--no-control", "--out", healproof.folder]));
  await Promise.all(runs.map((run) => run.until(/: observe/)));
  for (const run of runs) run.kill("SIGKILL");
  const [one = "", other = ""] = await Promise.all(runs.map(async (run) => runIdIn((await run.ended).err)));

  expect(await cleaned(healproof, one)).not.toContain(other);
  expect(await leftOf(one)).toEqual([]);
  expect(await leftOf(other)).not.toEqual([]);
  expect(healproof.undoEntries()).toHaveLength(1);

  expect(await cleaned(healproof)).toContain(other);
  expect(await leftOf(other)).toEqual([]);
  expect(healproof.undoEntries()).toEqual([]);
});

test("a run that still lives is not cleaned away by another, and what it saved can be judged again", {
  timeout: 180_000,
}, async () => {
  using healproof = new Healproof();
  const run = healproof.start(["run", apiCrash(healproof), "--out", healproof.folder]);
  await run.until(/: observe/);
  const said = await cleaned(healproof);
  const { code, out, err } = await run.ended;
  expect(code, out + err).toBe(0);
  const ofIt = said.split("\n").filter((it) => it.includes(runIdIn(err)));
  expect(ofIt.filter((it) => !it.includes("left alone"))).toEqual([]);
  expect(await leftOf(runIdIn(err))).toEqual([]);

  const folder = join(healproof.folder, "latest");
  const own = "api-crash/journal.ndjson";
  for (const file of ["planned.ndjson", "run.json", "index.html", "junit.xml", "summary.md", own])
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

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { builtInFaults } from "../fault/registry.ts";
import { headerOf } from "../journal.ts";
import type { RunRecord } from "../report/run-record.ts";
import { gateRun, interruptedRun, lackingRun, matrixRun, wholeMatrixRun } from "../report/testing/sample-runs.ts";
import { notePlanned, writeReports } from "../run-folder.ts";
import { loadScenarios } from "../scenario/load.ts";
import { scenarioSchema } from "../scenario/schema.ts";
import { Healproof } from "./testing/healproof.ts";

/** What the command line says where nothing can be run. */

test("a flag that does not exist is told with the one that was meant, and exits with 64", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["run", "--worker", "2"]);
  expect(code).toBe(64);
  expect(err).toContain("--workers");
});

test("a flag that means nothing without another names that one", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["run", "--whole-matrix"]);
  expect(code).toBe(64);
  expect(err).toContain("--whole-matrix needs --broken <file>");
});

test("a number of workers that is none is told with what was wanted", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["run", "--workers", "many"]);
  expect(code).toBe(64);
  expect(err).toContain("a whole number from 1 to 64");
});

test("a scenario may be tried as often by the command line as by its file", async () => {
  using healproof = new Healproof();
  const tried = (trials: string) => healproof.run(["run", "--trials", trials, join(healproof.folder, "none.yaml")]);
  const [most, more] = await Promise.all([tried("1000"), tried("1001")]);
  expect(most.err).toContain("none.yaml");
  expect(more.err).toContain("a whole number from 1 to 1000");
  expect([most.code, more.code]).toEqual([64, 64]);
});

test("no command at all prints the help and exits with 64", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run([]);
  expect(code).toBe(64);
  expect(err).toContain("healproof");
});

test("a scenario with a typo is told with its place, before anything is touched", async () => {
  using healproof = new Healproof();
  const file = join(healproof.folder, "typo.yaml");
  writeFileSync(file, "name: typo\nclaim: A claim that is long enough\nfalt: { crash: { service: app } }\n");
  const { code, err } = await healproof.run(["run", file], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(code).toBe(64);
  expect(err).toContain(`typo.yaml:3:1`);
  expect(err).toContain('did you mean "fault"?');
});

test("without an engine one block says what was looked for and what to do", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["run", "--out", healproof.folder], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(code).toBe(69);
  expect(err).toContain("no container engine answers");
  expect(err).toContain("tcp://127.0.0.1:1");
  expect(err).toContain("healproof doctor");
  expect(err).not.toContain("    at ");
});

test("doctor says what lacks and how to get it", async () => {
  using healproof = new Healproof();
  const { code, out } = await healproof.run(["doctor"], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(code).toBe(69);
  expect(out).toMatch(/lacks +container engine/);
  expect(out).toContain("try:");
});

test("a folder that is no run is told, with what was wanted", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["report", healproof.folder]);
  expect(code).toBe(64);
  expect(err).toContain("run.json");
});

test("a fault with a parameter that it does not have is told before an engine is asked", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["inject", "hang", "--param", "sevice=app"], {
    DOCKER_HOST: "tcp://127.0.0.1:1",
  });
  expect(code).toBe(64);
  expect(err).toContain('unknown key "sevice" in hang; did you mean "service"?');
});

test.each([
  ["inject", "host-power-loss"],
  ["down", "20300101-000000-abcd"],
])("%s is for the lab, too: without Vagrant it says what that takes", async (command, what) => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run([command, what, "--target", "vagrant"], { PATH: healproof.folder });
  expect(code).toBe(64);
  expect(err).toContain("the lab needs Vagrant");
});

test("inject without a fault lists them, as list --faults does", async () => {
  using healproof = new Healproof();
  const [inject, list, json] = await Promise.all([
    healproof.run(["inject"]),
    healproof.run(["list", "--faults"]),
    healproof.run(["inject", "--json"]),
  ]);
  expect([inject.code, list.code, json.code]).toEqual([0, 0, 0]);
  expect(inject.out).toBe(list.out);
  expect(inject.out).toMatch(/^hang\n {2}The service's main process freezes.*\n {2}service +text +/m);
  expect(JSON.parse(json.out)).toContainEqual(
    expect.objectContaining({
      fault: "hang",
      lasts: true,
      parameters: expect.arrayContaining([expect.objectContaining({ name: "service", required: true })]),
    }),
  );
});

test("validate, list and schema need no engine", async () => {
  using healproof = new Healproof();
  const [validate, list, schema] = await Promise.all([
    healproof.run(["validate"]),
    healproof.run(["list", "--json"]),
    healproof.run(["schema"]),
  ]);
  expect([validate.code, list.code, schema.code]).toEqual([0, 0, 0]);
  expect(JSON.parse(list.out)).toContainEqual(expect.objectContaining({ name: "app-hang", healedBy: "watchdog" }));
  expect(JSON.parse(schema.out)).toHaveProperty("$schema");
});

test("show prints a scenario as it is run: what it prints is a scenario that means the same", async () => {
  using healproof = new Healproof();
  const file = "scenarios/process/app-hang.yaml";
  const [yaml, json] = await Promise.all([healproof.run(["show", file]), healproof.run(["show", file, "--json"])]);
  expect([yaml.code, json.code], yaml.err + json.err).toEqual([0, 0]);
  const shown: unknown = JSON.parse(json.out);
  expect(parse(yaml.out)).toEqual(shown);
  expect(shown).toMatchObject({
    stack: { compose: "../../fixtures/stack/compose.yaml" },
    steady: { for: "2s" },
    recovery: { when: [{ metric: 'up{job="app"}', is: 1 }, { probe: "http://app:8080/readyz" }] },
  });
  const [loaded] = await loadScenarios([file], { faults: builtInFaults });
  expect(scenarioSchema(builtInFaults).parse(shown)).toEqual(loaded?.scenario);
});

test("show wants the file of one scenario", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["show", "scenarios/process"]);
  expect(code).toBe(64);
  expect(err).toContain("scenarios/process/app-hang.yaml");
});

test("what there is not cannot be judged: told with what was wanted", async () => {
  using healproof = new Healproof();
  const { code, err } = await healproof.run(["judge", "nope"]);
  expect(code).toBe(64);
  expect(err).toContain("nope");
  expect(err).toContain("journal.ndjson");
});

test("a run that was killed before its run.json is judged from its journals", async () => {
  using healproof = new Healproof();
  mkdirSync(join(healproof.folder, "run", "app-hang"), { recursive: true });
  copyFileSync("src/judge/recorded/lame-watchdog.ndjson", join(healproof.folder, "run", "app-hang", "journal.ndjson"));
  const { code, out, err } = await healproof.run(["judge", join(healproof.folder, "run")]);
  expect(err).toBe("");
  const [trial, ...more] = out.trim().split("\n");
  expect(trial).toMatch(/^· app-hang\/variant-lame-watchdog {2}refuted: /);
  // What it had to show is in the run.json that was never written: neither a failure nor a pass.
  expect(more).toEqual([expect.stringMatching(/^\? broken on purpose {2}one trial/)]);
  expect(code).toBe(2);
});

describe("a run whose trial recovered, killed before its control was run", () => {
  const trial = "app-crash";
  const control = `${trial}/without-restart-policy`;
  const killed = (folder: string): string => {
    const journal = lackingRun().journals.get(trial) ?? [];
    mkdirSync(join(folder, "run", trial), { recursive: true });
    const file = join(folder, "run", trial, "journal.ndjson");
    writeFileSync(file, journal.map((it) => `${JSON.stringify(it)}\n`).join(""));
    return file;
  };

  test("is not judged proven, and what lacks is said", async () => {
    using healproof = new Healproof();
    killed(healproof.folder);
    const { code, out, err } = await healproof.run(["judge", join(healproof.folder, "run")]);
    expect(code, out + err).toBe(2);
    expect(out).toContain(control);
  });

  test("is told to programs with its outcome, its trials and what lacks", async () => {
    using healproof = new Healproof();
    killed(healproof.folder);
    const { code, out } = await healproof.run(["judge", "--json", join(healproof.folder, "run")]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      outcome: "inconclusive",
      trials: [{ id: trial, outcome: "proven" }],
      notRun: [{ id: control }],
    });
  });

  test("has a journal that is judged for itself", async () => {
    using healproof = new Healproof();
    const file = killed(healproof.folder);
    const { code, out } = await healproof.run(["judge", "--json", file]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcome: "proven", trials: [{ id: trial }], notRun: [] });
  });
});

describe("a run that was killed when one scenario was proven and another had not begun", () => {
  const sample = gateRun();
  const plans = [...sample.journals.values()].map((it) => headerOf(it).plan);
  const killed = (folder: string, begun: number, of = plans): string => {
    for (const plan of of) notePlanned(folder, plan);
    for (const { id } of plans.slice(0, begun)) {
      const own = join(folder, id.replaceAll("/", "-"));
      mkdirSync(own);
      const lines = (sample.journals.get(id) ?? []).map((it) => `${JSON.stringify(it)}\n`);
      writeFileSync(join(own, "journal.ndjson"), lines.join(""));
    }
    return folder;
  };

  test("is not judged proven, and names the scenarios that never began", async () => {
    using healproof = new Healproof();
    const { code, out } = await healproof.run(["judge", killed(join(healproof.folder, "run"), 2)]);
    expect(code, out).toBe(2);
    expect(out).toContain("✓ app-crash  back in");
    expect(out).toContain("? app-hang  its trial was not run, so nothing is shown of the claim\n");
    expect(out).toContain("? watchdog-crash  its trial was not run");
  });

  test("is judged also where nothing at all had begun", async () => {
    using healproof = new Healproof();
    const { code, out } = await healproof.run(["judge", "--json", killed(join(healproof.folder, "run"), 0)]);
    expect(code, out).toBe(2);
    const notRun = ["app-crash", "app-hang", "watchdog-crash"].map((id) => ({ id }));
    expect(JSON.parse(out)).toMatchObject({ outcome: "inconclusive", trials: [], notRun });
  });

  test("is not judged proven where only what is broken on purpose had not begun", async () => {
    using healproof = new Healproof();
    const [first, control] = plans;
    if (!first || !control) throw new Error("there are samples");
    const broken = { ...first, id: "app-crash/variant-lame", variant: "lame" };
    const folder = killed(join(healproof.folder, "run"), 2, [first, control, broken]);
    const { code, out } = await healproof.run(["judge", folder]);
    expect(code, out).toBe(2);
    expect(out).toContain("? broken on purpose  one trial");
  });
});

describe("a saved run that was interrupted before all had begun", () => {
  test.each(["judge", "report"])("is not proven to %s either, and what never began is told", async (command) => {
    using healproof = new Healproof();
    save(healproof.folder, interruptedRun(), {});
    const { code, out } = await healproof.run([command, "--json", healproof.folder]);
    expect(code, out).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ outcome: "inconclusive" });
    expect(out).toContain("its trial was not run, so nothing is shown of the claim");
  });
});

/** A run's folder, with a record that may say otherwise than its journals. */
function save(folder: string, { run, journals }: ReturnType<typeof gateRun>, said: Partial<RunRecord>): void {
  for (const trial of run.trials) {
    mkdirSync(join(folder, trial.folder), { recursive: true });
    const lines = (journals.get(trial.id) ?? []).map((it) => `${JSON.stringify(it)}\n`);
    writeFileSync(join(folder, trial.folder, "journal.ndjson"), lines.join(""));
  }
  writeReports(folder, { ...run, ...said }, journals);
}

test("report tells programs the run as it is judged now", async () => {
  using healproof = new Healproof();
  const sample = gateRun();
  save(healproof.folder, sample, { scenarios: [], outcome: "inconclusive" });
  const { code, out } = await healproof.run(["report", "--json", healproof.folder]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(sample.run)));
});

describe("a saved run against broken healers", () => {
  test.each([
    ["all of which are caught", wholeMatrixRun(), 0],
    ["of which one is a hole, though every claim is proven", matrixRun(), 1],
  ])("%s, is reported from its journals, whatever was said of it", async (_, sample, code) => {
    using healproof = new Healproof();
    const { matrix } = sample.run;
    if (!matrix) throw new Error("the sample has a matrix");
    const cells = matrix.cells.map((it) => ({ ...it, state: "unsure" as const, text: "old" }));
    save(healproof.folder, sample, { matrix: { ...matrix, cells, outcome: "inconclusive" }, outcome: "inconclusive" });
    const reported = await healproof.run(["report", "--json", healproof.folder]);
    expect(reported.code).toBe(code);
    expect(JSON.parse(reported.out)).toEqual(JSON.parse(JSON.stringify(sample.run)));
  });

  test("is judged with a line for each broken healer, and no refuted trial of theirs is a failure", async () => {
    using healproof = new Healproof();
    save(healproof.folder, wholeMatrixRun(), {});
    const { code, out } = await healproof.run(["judge", healproof.folder]);
    expect(code, out).toBe(0);
    expect(out).toContain("· app-hang/variant-watchdog-blind  refuted: did not come back");
    expect(out).toContain("✓ watchdog-blind  caught by app-hang\n");
  });
});

describe("broken healers", () => {
  const file = "scenarios/broken-healers.yaml";

  test("are checked with the scenarios that they are for, and counted", async () => {
    using healproof = new Healproof();
    const { code, out, err } = await healproof.run(["validate", "--broken", file, "--json"]);
    expect(code, err).toBe(0);
    const { brokenHealers, against } = JSON.parse(out);
    expect(brokenHealers).toBeGreaterThanOrEqual(10);
    expect(against).toBeGreaterThanOrEqual(10);
  });

  test("with a mistake in them are told with its place before an engine is asked", async () => {
    using healproof = new Healproof();
    const wrong = join(healproof.folder, "broken.yaml");
    writeFileSync(wrong, readFileSync(file, "utf8").replace("{ watchdog:", "{ watchdgo:"));
    const engine = { DOCKER_HOST: "tcp://127.0.0.1:1" };
    const { code, err } = await healproof.run(["run", "--broken", wrong], engine);
    expect(code).toBe(64);
    expect(err).toMatch(/broken\.yaml:8:15 {2}no service "watchdgo" in .*; did you mean "watchdog"\?/);
  });

  test("have a JSON Schema of their own", async () => {
    using healproof = new Healproof();
    const { out } = await healproof.run(["schema", "--broken-healers"]);
    expect(JSON.parse(out)).toMatchObject({
      type: "array",
      items: { required: ["name", "breaks", "what", "override"] },
    });
  });
});

test("a stack that shares something with what a person runs is refused before an engine is asked", async () => {
  using healproof = new Healproof();
  const { folder } = healproof;
  writeFileSync(
    join(folder, "compose.yaml"),
    "services: { api: { image: api, restart: always, volumes: ['./data:/data'] } }\n",
  );
  writeFileSync(
    join(folder, "it.yaml"),
    `name: api-crash
claim: The restart policy has a crashed API back
stack: { compose: ./compose.yaml }
fault: { crash: { service: api } }
recovery: { within: 10s, healedBy: restart-policy, when: [{ probe: "http://api:8080/" }] }
uncontrolled: this scenario is only there to be refused
`,
  );
  const { code, err } = await healproof.run(["run", join(folder, "it.yaml")], { DOCKER_HOST: "tcp://127.0.0.1:1" });
  expect(code, err).toBe(64);
  expect(err).toContain("bind ./data");
});

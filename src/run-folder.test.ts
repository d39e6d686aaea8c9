import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCode } from "./errors.ts";
import { headerOf } from "./journal.ts";
import { claimsIn } from "./planned.ts";
import { gateRun } from "./report/testing/sample-runs.ts";
import { notePlanned, pointLatest, readPlanned, readRun, writeReports } from "./run-folder.ts";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "hp-runs-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const { run, journals } = gateRun();
const reports = ["index.html", "junit.xml", "run.json", "summary.md"];

function save(folder: string): void {
  for (const { id, folder: own } of run.trials) {
    mkdirSync(join(folder, own), { recursive: true });
    const lines = (journals.get(id) ?? []).map((it) => `${JSON.stringify(it)}\n`);
    writeFileSync(join(folder, own, "journal.ndjson"), lines.join(""));
  }
  writeReports(folder, run, journals);
}

describe("a run's folder", () => {
  test("is made with all four reports and nothing half written", () => {
    writeReports(join(out, "deep", "r1"), run, journals);
    expect(readdirSync(join(out, "deep", "r1")).sort()).toEqual(reports);
  });

  test("gives the run and every trial's journal back", () => {
    save(join(out, "r1"));
    const read = readRun(join(out, "r1"));
    expect(read.run).toEqual(run);
    expect([...read.journals.keys()]).toEqual(run.trials.map((it) => it.id));
    for (const [id, journal] of read.journals) expect(journal).toEqual(journals.get(id));
  });

  test("is reported again over its old reports", () => {
    save(join(out, "r1"));
    const before = readFileSync(join(out, "r1", "index.html"), "utf8");
    writeFileSync(join(out, "r1", "index.html"), "old");
    writeReports(join(out, "r1"), run, journals);
    expect(readFileSync(join(out, "r1", "index.html"), "utf8")).toBe(before);
  });

  test("keeps the old report, whole, where the new one cannot be written", () => {
    save(join(out, "r1"));
    const before = readFileSync(join(out, "r1", "run.json"), "utf8");
    // In the place of the file that is written first and moved then.
    mkdirSync(join(out, "r1", ".run.json.part"));
    expect(() => writeReports(join(out, "r1"), { ...run, id: "another" }, journals)).toThrow();
    expect(readFileSync(join(out, "r1", "run.json"), "utf8")).toBe(before);
  });

  test("that is none is an error of the caller's, which names what was looked for", () => {
    const folder = join(out, "nothing");
    expect(() => readRun(folder)).toThrow(
      expect.objectContaining({
        code: "no-run",
        exitCode: exitCode.usage,
        facts: expect.objectContaining({ wanted: join(folder, "run.json") }),
      }),
    );
  });

  test("whose record is damaged, or which lacks a journal, is not read as a smaller run", () => {
    save(join(out, "r1"));
    rmSync(join(out, "r1", run.trials[0]?.folder ?? "", "journal.ndjson"));
    expect(() => readRun(join(out, "r1"))).toThrow("journal.ndjson");
    writeFileSync(join(out, "r1", "run.json"), "{");
    expect(() => readRun(join(out, "r1"))).toThrow(join(out, "r1", "run.json"));
  });
});

describe("what a run was asked for", () => {
  const plans = [...journals.values()].map((it) => headerOf(it).plan);
  const folder = () => join(out, "deep", "r1");

  test("is there from the beginning on, and is read back by its claims", () => {
    for (const plan of plans) notePlanned(folder(), plan);
    const planned = readPlanned(folder());
    expect(planned.map((it) => it.id)).toEqual(plans.map((it) => it.id));
    expect(claimsIn(planned)).toEqual(
      run.scenarios.map(({ trial: { id, scenario, claim, again, controls } }) => ({
        id,
        scenario,
        claim,
        again,
        controls,
      })),
    );
  });

  test("is as far as it was written where the run was killed meanwhile", () => {
    for (const plan of plans) notePlanned(folder(), plan);
    const file = join(folder(), "planned.ndjson");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -10));
    expect(readPlanned(folder())).toHaveLength(plans.length - 1);
  });

  test("is nothing in the folder of a run from before it was written", () => {
    save(folder());
    expect(readPlanned(folder())).toEqual([]);
  });

  test("is an error with its place where it is something else", () => {
    for (const plan of plans) notePlanned(folder(), plan);
    const file = join(folder(), "planned.ndjson");
    writeFileSync(file, readFileSync(file, "utf8").replace('"scenario"', '"scenery"'));
    expect(() => readPlanned(folder())).toThrow(`${file}:1 is not a trial that healproof has planned`);
  });

  test("makes no claim of a trial that repeats another, of a control, or of a stack that is broken on purpose", () => {
    const [first, control] = plans;
    if (!first || !control) throw new Error("there are samples");
    for (const plan of [control, { ...first, nth: 2 }, { ...first, variant: "lame" }]) notePlanned(folder(), plan);
    expect(claimsIn(readPlanned(folder()))).toEqual([]);
  });
});

describe("the link to the latest run", () => {
  test("points at the run by its name alone, so that the reports can be moved", () => {
    pointLatest(join(out, "r1"));
    expect(readlinkSync(join(out, "latest"))).toBe("r1");
  });

  test("moves on to the next run, and leaves nothing else behind", () => {
    pointLatest(join(out, "r1"));
    pointLatest(join(out, "r2"));
    expect(readlinkSync(join(out, "latest"))).toBe("r2");
    expect(readdirSync(out)).toEqual(["latest"]);
  });

  test("is made where a killed healproof with our process id left its half-made link", () => {
    writeFileSync(join(out, `latest.${process.pid}`), "");
    pointLatest(join(out, "r1"));
    expect(readdirSync(out)).toEqual(["latest"]);
  });

  test("leads to the run that it points at", () => {
    save(join(out, "r1"));
    pointLatest(join(out, "r1"));
    expect(readRun(join(out, "latest")).run).toEqual(run);
  });
});

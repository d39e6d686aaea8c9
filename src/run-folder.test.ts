import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCode } from "./errors.ts";
import { gateRun } from "./report/testing/sample-runs.ts";
import { pointLatest, readRun, writeReports } from "./run-folder.ts";

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

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { exitCode, KnownError, messageOf } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { readJournal } from "./journal-file.ts";
import type { TrialPlan } from "./plan.ts";
import { type PlannedTrial, parsePlanned, plannedLine } from "./planned.ts";
import { junitXml } from "./report/junit.ts";
import { summaryMd } from "./report/markdown.ts";
import { reportHtml } from "./report/page.ts";
import { parseRunRecord, runJson } from "./report/run-json.ts";
import type { RunRecord } from "./report/run-record.ts";

/**
 * A run on disk: run.json, index.html, junit.xml, summary.md, and a folder with journal.ndjson and evidence/ for each trial. What was
 * asked for is in planned.ndjson from the beginning on.
 */

const plannedFile = "planned.ndjson";

/** Adds a trial that is about to be run. */
export function notePlanned(folder: string, plan: TrialPlan): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, plannedFile), plannedLine(plan));
}

/** What a run was asked for; nothing where it is from before that was written. */
export function readPlanned(folder: string): PlannedTrial[] {
  const file = join(folder, plannedFile);
  return existsSync(file) ? parsePlanned(readFileSync(file, "utf8"), file) : [];
}

export function writeReports(folder: string, run: RunRecord, journals: ReadonlyMap<string, Journal>): void {
  mkdirSync(folder, { recursive: true });
  const files = {
    "run.json": runJson(run),
    "junit.xml": junitXml(run),
    "summary.md": summaryMd(run),
    "index.html": reportHtml(run, journals),
  };
  try {
    for (const [name, content] of Object.entries(files)) {
      // Whoever reads a report while it is written sees the old one or the new one, never half of one.
      const part = join(folder, `.${name}.part`);
      writeFileSync(part, content);
      renameSync(part, join(folder, name));
    }
  } catch (thrown) {
    throw new KnownError("report-not-written", `the report could not be written to ${folder}`, {
      facts: {
        reason: messageOf(thrown),
        "the journals": "kept, as far as they were written",
        try: "healproof report, once there is room",
      },
      cause: thrown,
    });
  }
}

/** Points `latest` at a run, beside it. Runs that end at the same time never leave it broken. */
export function pointLatest(folder: string): void {
  const link = join(dirname(folder), "latest");
  const fresh = `${link}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(basename(folder), fresh);
  renameSync(fresh, link);
}

/** A saved run with its trials' journals, by trial. */
export function readRun(folder: string): { run: RunRecord; journals: Map<string, Journal> } {
  const file = join(folder, "run.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    throw new KnownError("no-run", `${folder} is not the folder of a run`, {
      facts: { wanted: file, try: "healproof report reports/latest" },
      exitCode: exitCode.usage,
      cause: thrown,
    });
  }
  const run = parseRunRecord(text, file);
  const journals = run.trials.map((it): [string, Journal] => [
    it.id,
    readJournal(join(folder, it.folder, "journal.ndjson")),
  ]);
  return { run, journals: new Map(journals) };
}

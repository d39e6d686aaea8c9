import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, exitCode, KnownError } from "../errors.ts";
import { readJournal } from "../journal-file.ts";
import type { TrialJudgement } from "../judge/judgement.ts";
import { judgeScenarios, worst } from "../judge/run.ts";
import { judgeTrial } from "../judge/trial.ts";
import { trialLine } from "../report/text.ts";

import { readRun, writeReports } from "../run-folder.ts";
import { outcomeExit } from "./run.ts";

/** `healproof judge`: the same journal gives the same judgement, on any machine. */
export async function judgeCommand(paths: readonly string[], { json }: { json: boolean }): Promise<ExitCode> {
  const judgements = paths.flatMap(judgementsAt);
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  process.stdout.write(
    json
      ? `${JSON.stringify(judgements, null, 2)}\n`
      : judgements.map((it) => `${trialLine(it, { colour })}\n`).join(""),
  );
  return outcomeExit[worst(judgements)];
}

function judgementsAt(path: string): TrialJudgement[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new KnownError("no-journal", `there is no ${path}`, {
      facts: { wanted: "a journal.ndjson, or the folder of a run", try: "healproof judge reports/latest" },
      exitCode: exitCode.usage,
    });
  if (!found.isDirectory()) return [judgeTrial(readJournal(path))];
  // A run that was killed has no run.json, but the journals of its trials.
  if (!existsSync(join(path, "run.json"))) {
    const journals = globSync("*/journal.ndjson", { cwd: path }).sort();
    if (journals.length > 0) return journals.map((it) => judgeTrial(readJournal(join(path, it))));
  }
  return [...readRun(path).journals.values()].map(judgeTrial);
}

/** `healproof report`: the reports of a saved run, judged anew from its journals. */
export async function reportCommand(folder: string): Promise<ExitCode> {
  const { run, journals } = readRun(folder);
  const scenarios = judgeScenarios([...journals.values()].map(judgeTrial));
  const again = { ...run, scenarios, outcome: worst(scenarios) };
  writeReports(folder, again, journals);
  process.stdout.write(`report  ${join(folder, "index.html")}\n`);
  return outcomeExit[again.outcome];
}

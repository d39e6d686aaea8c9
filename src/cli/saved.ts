import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, exitCode, KnownError, printable } from "../errors.ts";
import type { Journal } from "../journal.ts";
import { readJournal } from "../journal-file.ts";
import type { Outcome, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import { judgeScenarios } from "../judge/run.ts";
import { judgeTrial } from "../judge/trial.ts";
import { worst } from "../judge/verdict.ts";
import { trialLine } from "../report/text.ts";
import { readRun, writeReports } from "../run-folder.ts";
import { print } from "./print.ts";
import { outcomeExit } from "./run.ts";

/** What one path gave. The trials of a folder are judged together, since none is proven without its controls. */
interface Judged {
  readonly trials: readonly TrialJudgement[];
  readonly notRun: ScenarioJudgement["notRun"];
  readonly outcome: Outcome;
}

/** `healproof judge`: the same journal gives the same judgement, on any machine. */
export async function judgeCommand(paths: readonly string[], flags: { readonly json: boolean }): Promise<ExitCode> {
  const judged = paths.map(judgedAt);
  const outcome = worst(judged);
  const trials = judged.flatMap((it) => it.trials);
  const notRun = judged.flatMap((it) => it.notRun);
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const lines = [
    ...trials.map((it) => trialLine(it, { colour })),
    ...notRun.map(({ id, text }) => `? ${printable(id)}  ${printable(text)}`),
  ];
  print(flags, { outcome, trials, notRun }, () => `${lines.join("\n")}\n`);
  return outcomeExit[outcome];
}

function judgedAt(path: string): Judged {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new KnownError("no-journal", `there is no ${path}`, {
      facts: { wanted: "a journal.ndjson, or the folder of a run", try: "healproof judge reports/latest" },
      exitCode: exitCode.usage,
    });
  if (!found.isDirectory()) {
    const trial = judgeTrial(readJournal(path));
    return { trials: [trial], notRun: [], outcome: trial.outcome };
  }
  const trials = journalsIn(path).map(judgeTrial);
  const scenarios = judgeScenarios(trials);
  return { trials, notRun: scenarios.flatMap((it) => it.notRun), outcome: worst(scenarios) };
}

function journalsIn(folder: string): Journal[] {
  // A run that was killed has no run.json, but the journals of its trials.
  if (!existsSync(join(folder, "run.json"))) {
    const journals = globSync("*/journal.ndjson", { cwd: folder }).sort();
    if (journals.length > 0) return journals.map((it) => readJournal(join(folder, it)));
  }
  return [...readRun(folder).journals.values()];
}

/** `healproof report`: the reports of a saved run, judged anew from its journals. */
export async function reportCommand(folder: string, flags: { readonly json: boolean }): Promise<ExitCode> {
  const { run, journals } = readRun(folder);
  const scenarios = judgeScenarios([...journals.values()].map(judgeTrial));
  const again = { ...run, scenarios, outcome: worst(scenarios) };
  writeReports(folder, again, journals);
  print(flags, again, () => `report  ${join(folder, "index.html")}\n`);
  return outcomeExit[again.outcome];
}

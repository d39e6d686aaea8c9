import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, exitCode, KnownError, printable } from "../errors.ts";
import { readJournal } from "../journal-file.ts";
import type { Outcome, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import type { MatrixJudgement } from "../judge/matrix.ts";
import { judgeRun } from "../judge/run.ts";
import { judgeTrial } from "../judge/trial.ts";
import { worst } from "../judge/verdict.ts";
import { healerLine, trialLine } from "../report/text.ts";
import { readRun, writeReports } from "../run-folder.ts";
import { print } from "./print.ts";
import { outcomeExit } from "./run.ts";

/** What one path gave. The trials of a folder are judged together, since none is proven without its controls. */
interface Judged {
  readonly trials: readonly TrialJudgement[];
  readonly notRun: ScenarioJudgement["notRun"];
  readonly matrix?: MatrixJudgement;
  readonly outcome: Outcome;
}

/** `healproof judge`: the same journal gives the same judgement, on any machine. */
export async function judgeCommand(paths: readonly string[], flags: { readonly json: boolean }): Promise<ExitCode> {
  const judged = paths.map(judgedAt);
  const outcome = worst(judged);
  const trials = judged.flatMap((it) => it.trials);
  const notRun = judged.flatMap((it) => it.notRun);
  const matrices = judged.flatMap((it) => it.matrix ?? []);
  const paint = { colour: process.stdout.isTTY === true && !process.env.NO_COLOR };
  const lines = [
    ...trials.map((it) => trialLine(it, paint)),
    ...notRun.map(({ id, text }) => `? ${printable(id)}  ${printable(text)}`),
    ...matrices.flatMap(({ healers }) => healers.map((it) => healerLine(it, paint))),
  ];
  print(flags, { outcome, trials, notRun, matrices }, () => `${lines.join("\n")}\n`);
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
  const killed = existsSync(join(path, "run.json")) ? [] : globSync("*/journal.ndjson", { cwd: path }).sort();
  if (killed.length > 0) return judgedAsFar(killed.map((it) => judgeTrial(readJournal(join(path, it)))));
  const { run, journals } = readRun(path);
  const trials = [...journals.values()].map(judgeTrial);
  const { scenarios, ...judged } = judgeRun(trials, run.matrix);
  return { trials, notRun: scenarios.flatMap((it) => it.notRun), ...judged };
}

/**
 * A run that was killed has no run.json, but the journals of its trials. Which broken healers there were to catch is not in them, so
 * that its matrix stays open.
 */
function judgedAsFar(trials: readonly TrialJudgement[]): Judged {
  const { scenarios, outcome } = judgeRun(trials.filter((it) => it.variant === undefined));
  const missing = scenarios.flatMap((it) => it.notRun);
  const broken = trials.filter((it) => it.variant !== undefined).length;
  if (broken === 0) return { trials, notRun: missing, outcome };
  const count = broken === 1 ? "one trial" : `${broken} trials`;
  const text = `${count} against what is broken on purpose: the run ended before its run.json, so what they had to show is not known`;
  return {
    trials,
    notRun: [...missing, { id: "broken on purpose", text }],
    outcome: worst([{ outcome: "inconclusive" }, ...(scenarios.length > 0 ? [{ outcome }] : [])]),
  };
}

/** `healproof report`: the reports of a saved run, judged anew from its journals. */
export async function reportCommand(folder: string, flags: { readonly json: boolean }): Promise<ExitCode> {
  const { run, journals } = readRun(folder);
  const again = { ...run, ...judgeRun([...journals.values()].map(judgeTrial), run.matrix) };
  writeReports(folder, again, journals);
  print(flags, again, () => `report  ${join(folder, "index.html")}\n`);
  return outcomeExit[again.outcome];
}

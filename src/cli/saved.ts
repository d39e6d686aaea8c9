import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, exitCode, KnownError, printable } from "../errors.ts";
import { readJournal } from "../journal-file.ts";
import type { Outcome, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import type { MatrixJudgement } from "../judge/matrix.ts";
import { type Asked, judgeRun } from "../judge/run.ts";
import { judgeTrial } from "../judge/trial.ts";
import { worst } from "../judge/verdict.ts";
import { claimsIn } from "../planned.ts";
import type { RunRecord } from "../report/run-record.ts";
import { healerLine, trialLine } from "../report/text.ts";
import { readPlanned, readRun, writeReports } from "../run-folder.ts";
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
  const killed = existsSync(join(path, "run.json")) ? undefined : judgedAsFar(path);
  if (killed) return killed;
  const { run, journals } = readRun(path);
  const trials = [...journals.values()].map(judgeTrial);
  const { scenarios, ...judged } = judgeRun(trials, askedOf(run));
  return { trials, notRun: scenarios.flatMap((it) => it.notRun), ...judged };
}

/** What a saved run was asked for: each of its scenarios, also those of which no trial was run. */
const askedOf = ({ scenarios, matrix }: RunRecord): Asked => ({ claims: scenarios.map((it) => it.trial), matrix });

/**
 * A run that was killed has no run.json, but what it was asked for, and the journals of its trials. Which broken healers there were to
 * catch is in neither, so that its matrix stays open. Undefined if there is nothing of a run.
 */
function judgedAsFar(folder: string): Judged | undefined {
  const planned = readPlanned(folder);
  const trials = globSync("*/journal.ndjson", { cwd: folder })
    .sort()
    .map((it) => judgeTrial(readJournal(join(folder, it))));
  if (planned.length + trials.length === 0) return undefined;
  const { scenarios, outcome } = judgeRun(
    trials.filter((it) => it.variant === undefined),
    { claims: claimsIn(planned) },
  );
  const missing = scenarios.flatMap((it) => it.notRun);
  const onPurpose = [...planned, ...trials].filter((it) => it.variant !== undefined).map(({ id }) => id);
  const broken = new Set(onPurpose).size;
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
  const again = { ...run, ...judgeRun([...journals.values()].map(judgeTrial), askedOf(run)) };
  writeReports(folder, again, journals);
  print(flags, again, () => `report  ${join(folder, "index.html")}\n`);
  return outcomeExit[again.outcome];
}

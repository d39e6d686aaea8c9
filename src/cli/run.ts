import { join, relative, resolve } from "node:path";
import { type ExitCode, exitCode } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { planTrials } from "../plan-trials.ts";
import { Progress } from "../progress.ts";
import { runJson } from "../report/run-json.ts";
import { summaryText, trialLine } from "../report/text.ts";
import { type FinishedTrial, Run } from "../run.ts";
import { pointLatest, writeReports } from "../run-folder.ts";
import { loadScenarios } from "../scenario/load.ts";

export interface RunFlags {
  readonly workers: number;
  readonly out: string;
  readonly control: boolean;
  readonly keep: boolean;
  readonly json: boolean;
}

export const outcomeExit = {
  proven: exitCode.proven,
  refuted: exitCode.refuted,
  inconclusive: exitCode.inconclusive,
} as const;

/** `healproof run`: everything planned is checked before anything is touched. */
export async function runCommand(what: readonly string[], flags: RunFlags): Promise<ExitCode> {
  const faults = builtInFaults;
  const loaded = await loadScenarios(what, { faults });
  const plans = loaded.flatMap((it) => planTrials(it, { control: flags.control }));
  const notRun = flags.control
    ? []
    : loaded.flatMap(({ scenario }) =>
        scenario.controls.map((it) => ({ what: `${scenario.name} without ${it.without}`, why: "--no-control" })),
      );
  using interrupt = interruptSignal();
  const progress = new Progress();
  await using run = await Run.start({
    faults,
    out: resolve(flags.out),
    workers: flags.workers,
    keep: flags.keep,
    interrupted: interrupt.signal,
    tell: progress.tell,
  });
  progress.line(`run ${run.id}: ${plans.length} trials of ${loaded.length} scenarios`);
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const settled = await Promise.allSettled(
    plans.map(async (plan): Promise<FinishedTrial> => {
      const finished = await run.trial(plan);
      progress.done(plan.id, trialLine(finished.judgement, { colour }));
      return finished;
    }),
  );
  progress.end();
  const finished = settled.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
  const failed = settled.find((it) => it.status === "rejected");
  if (failed && !interrupt.signal.aborted) throw failed.reason;
  const never = plans
    .filter((plan) => !finished.some((it) => it.plan.id === plan.id))
    .map((plan) => ({ what: plan.id, why: "interrupted before it started" }));
  const record = run.record(finished, [...notRun, ...never]);
  writeReports(run.folder, record, new Map(finished.map((it) => [it.plan.id, it.journal])));
  pointLatest(run.folder);
  const out = process.stdout;
  if (flags.json) out.write(runJson(record));
  else {
    out.write(summaryText(record, { colour: out.isTTY === true && !process.env.NO_COLOR, width: out.columns ?? 80 }));
    out.write(`\nreport  ${relative(process.cwd(), join(run.folder, "index.html"))}\n`);
  }
  if (flags.keep) process.stderr.write(`the stacks are kept: healproof down ${run.id} removes them\n`);
  return interrupt.signal.aborted ? exitCode.interrupted : outcomeExit[record.outcome];
}

/** Aborted by Ctrl-C or a polite kill. A second one changes nothing: putting back is already under way. */
function interruptSignal(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) process.stderr.write(`\n${name}: putting everything back …\n`);
    controller.abort(new Error(`interrupted by ${name}`));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, stop);
    },
  };
}

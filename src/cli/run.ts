import { join, relative, resolve } from "node:path";
import { type ExitCode, exitCode, fullTextOf, messageOf } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { runMatrix } from "../matrix-run.ts";
import type { TrialPlan } from "../plan.ts";
import { planMatrix } from "../plan-matrix.ts";
import { planTrials } from "../plan-trials.ts";
import { Progress } from "../progress.ts";
import { runJson } from "../report/run-json.ts";
import { summaryText, trialLine } from "../report/text.ts";
import { type FinishedTrial, Run } from "../run.ts";
import { pointLatest, writeReports } from "../run-folder.ts";
import { loadBrokenHealers } from "../scenario/broken-healers.ts";
import { leftOutByTag } from "../scenario/left-out.ts";
import { loadScenarios } from "../scenario/load.ts";
import { checkedStack } from "../stack/containers.ts";
import { refuseMissingReplicas } from "../stack/replicas.ts";
import { interruptSignal } from "./interrupt.ts";
import { forTarget, moveToLab } from "./lab-run.ts";
import type { Target } from "./target.ts";

export interface RunFlags {
  readonly workers: number;
  readonly out: string;
  readonly control: boolean;
  /** A file of broken healers to run the scenarios against, besides. */
  readonly broken?: string;
  /** Each of them that concerns it, also where that could only show again what is known. */
  readonly wholeMatrix: boolean;
  readonly trials?: number;
  readonly keep: boolean;
  readonly target: Target;
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
  const found = await loadScenarios(what, { faults });
  const { loaded, elsewhere } = forTarget(flags.target, found, faults);
  const broken =
    flags.broken === undefined ? undefined : planMatrix(loaded, await loadBrokenHealers(flags.broken, loaded));
  const claims = loaded.flatMap((it) => planTrials(it, { control: flags.control, trials: flags.trials }));
  const planned = [...claims, ...(broken?.trials ?? [])];
  const leftOut = [...elsewhere, ...(await leftOutByTag(what, found, { faults }))];
  const noControl = flags.control
    ? []
    : claims.flatMap(({ controls }) => controls.map((what) => ({ what, why: "--no-control" })));
  await Promise.all(planned.map(async (it) => refuseMissingReplicas(it, (await checkedStack(it.stack)).model)));
  using interrupt = interruptSignal();
  const progress = new Progress();
  const tell = (what: string) => progress.line(what);
  const { signal } = interrupt;
  const opened =
    flags.target === "vagrant"
      ? await moveToLab(planned, { tell, signal }).catch((thrown: unknown) => {
          process.stderr.write(`not run: ${loaded.map(({ scenario }) => scenario.name).join(", ")}\n`);
          if (thrown !== signal.reason) throw thrown;
          return "interrupted" as const;
        })
      : undefined;
  if (opened === "interrupted") return exitCode.interrupted;
  await using moved = opened;
  const plans = moved?.plans ?? planned;
  await using run = await Run.start({
    faults,
    plans,
    out: resolve(flags.out),
    workers: flags.workers,
    keep: flags.keep,
    lab: moved?.lab,
    interrupted: signal,
    tell: progress.tell,
  });
  const scenarios = loaded.length === 1 ? "one scenario" : `${loaded.length} scenarios`;
  progress.line(`run ${run.id}: ${claims.length} trials of ${scenarios}${against(broken, flags)}`);
  const { finished, failed } = await tryAll(run, plans, broken, { whole: flags.wholeMatrix, progress });
  // What rejects after an interruption never began; anything else is told, and is never a pass.
  const never = [...failed].map(([what, thrown]) => ({
    what,
    why: thrown === signal.reason ? "interrupted before it started" : messageOf(thrown),
  }));
  const failures = [...failed.values()].filter((it) => it !== signal.reason);
  const record = run.record(finished, [...noControl, ...never, ...leftOut], broken?.matrix);
  for (const it of failures) process.stderr.write(`${fullTextOf(it)}\n`);
  writeReports(run.folder, record, new Map(finished.map((it) => [it.plan.id, it.journal])));
  pointLatest(run.folder);
  const out = process.stdout;
  if (flags.json) out.write(runJson(record));
  else {
    out.write(summaryText(record, { colour: out.isTTY === true && !process.env.NO_COLOR, width: out.columns ?? 80 }));
    out.write(`\nreport  ${relative(process.cwd(), join(run.folder, "index.html"))}\n`);
  }
  if (flags.keep)
    process.stderr.write(`the stacks are kept: healproof down ${run.id}${inThe(flags.target)} removes them\n`);
  if (failures.length > 0) return exitCode.internal;
  return signal.aborted ? exitCode.interrupted : outcomeExit[record.outcome];
}

/** Runs all of it, and what is against broken healers as far as that is needed. What came of it is in the order of the plans. */
async function tryAll(
  run: Run,
  plans: readonly TrialPlan[],
  broken: ReturnType<typeof planMatrix> | undefined,
  { whole, progress }: { readonly whole: boolean; readonly progress: Progress },
): Promise<{ readonly finished: FinishedTrial[]; readonly failed: ReadonlyMap<string, unknown> }> {
  const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
  const done: FinishedTrial[] = [];
  const failed = new Map<string, unknown>();
  const tryIt = async (plan: TrialPlan): Promise<void> => {
    try {
      const it = await run.trial(plan);
      done.push(it);
      progress.done(plan.id, trialLine(it.judgement, { colour }));
    } catch (thrown) {
      failed.set(plan.id, thrown);
    }
  };
  const { own = [], against = [] } = Object.groupBy(plans, (it) => (it.variant === undefined ? "own" : "against"));
  await Promise.all([
    ...own.map(tryIt),
    broken &&
      runMatrix(
        { matrix: broken.matrix, trials: against },
        { run: tryIt, judged: () => done.map((it) => it.judgement), whole },
      ),
  ]);
  progress.end();
  return { finished: plans.flatMap(({ id }) => done.find((it) => it.plan.id === id) ?? []), failed };
}

const inThe = (target: Target): string => (target === "containers" ? "" : ` --target ${target}`);

const against = (broken: ReturnType<typeof planMatrix> | undefined, { wholeMatrix }: RunFlags): string =>
  broken
    ? `, and ${wholeMatrix ? "" : "up to "}${broken.trials.length} against ${broken.matrix.healers.length} broken healers`
    : "";

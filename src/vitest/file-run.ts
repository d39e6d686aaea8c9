import { join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { exitCode, KnownError, messageOf } from "../errors.ts";
import type { AnyFault } from "../fault/define.ts";
import { builtInFaults } from "../fault/registry.ts";
import type { TrialJudgement } from "../judge/judgement.ts";
import type { BrokenHealerJudgement } from "../judge/matrix.ts";
import { judgeBrokenHealer } from "../judge/run.ts";
import { runMatrix } from "../matrix-run.ts";
import type { TrialPlan } from "../plan.ts";
import type { PlannedMatrix, planMatrix } from "../plan-matrix.ts";
import { planTrials } from "../plan-trials.ts";
import type { RunRecord } from "../report/run-record.ts";
import { summaryText } from "../report/text.ts";
import { type FinishedTrial, Run, type RunOptions } from "../run.ts";
import { pointLatest, writeReports } from "../run-folder.ts";
import type { LoadedScenario } from "../scenario/load.ts";
import { defaultWorkers } from "../workers.ts";
import { FinishedScenario } from "./finished-scenario.ts";

export interface GateOptions {
  readonly faults?: readonly AnyFault[];
  /** Where run folders are made; `reports` unless told. */
  readonly out?: string;
  /** How many trials are observed at a time; {@link defaultWorkers} unless told. */
  readonly workers?: number;
  /** What there is besides and is not run: listed in the report. */
  readonly leftOut?: RunRecord["notRun"];
}

/** What is needed of a run. */
export type Runner = Pick<Run, "folder" | "trial" | "record"> & AsyncDisposable;

/**
 * The one run of a test file, which schedules all its trials; the tests only await its verdicts. It begins with the first trial, and
 * no trial is run twice: a retry of vitest's, or another test with the same scenario, gets what has become of it.
 */
export class FileRun {
  readonly #options: RunOptions;
  readonly #start: (options: RunOptions) => Promise<Runner>;
  readonly #trials = new Map<string, { readonly plan: TrialPlan; readonly finished: Promise<FinishedTrial> }>();
  readonly #controlsLeftOut = new Set<string>();
  readonly #leftOut: RunRecord["notRun"];
  readonly #judged: TrialJudgement[] = [];
  #matrix: PlannedMatrix | undefined;
  #matrixRun: Promise<void> | undefined;
  #run: Promise<Runner> | undefined;

  constructor(
    { faults = builtInFaults, out = "reports", workers = defaultWorkers(), leftOut = [] }: GateOptions,
    start: (options: RunOptions) => Promise<Runner> = Run.start,
  ) {
    this.#options = { faults, out: resolve(out), workers };
    this.#leftOut = leftOut;
    this.#start = start;
  }

  start(): Promise<Runner> {
    this.#run ??= this.#start(this.#options);
    return this.#run;
  }

  trial(plan: TrialPlan): Promise<FinishedTrial> {
    const known = this.#trials.get(plan.id);
    if (known && isDeepStrictEqual(known.plan, plan)) return known.finished;
    if (known)
      throw new KnownError(
        "name-taken",
        `another scenario of this test file is called ${JSON.stringify(plan.scenario)}`,
        {
          facts: { trial: plan.id, wanted: "a name for each: reports and containers are called after it" },
          exitCode: exitCode.usage,
        },
      );
    const finished = this.#tryOnce(plan);
    // A rejection is awaited by the trial's own test; it must not end the process before that.
    finished.catch(() => undefined);
    this.#trials.set(plan.id, { plan, finished });
    return finished;
  }

  async #tryOnce(plan: TrialPlan): Promise<FinishedTrial> {
    const run = await this.start();
    const finished = await run.trial(plan);
    this.#judged.push(finished.judgement);
    return finished;
  }

  /** Its trial and its controls, all at once. */
  async scenario(loaded: LoadedScenario, { control = true }: { control?: boolean } = {}): Promise<FinishedScenario> {
    const plans = planTrials(loaded, { control });
    if (!control) for (const { controls } of plans) for (const id of controls) this.#controlsLeftOut.add(id);
    const finished = await Promise.all(plans.map((it) => this.trial(it)));
    return new FinishedScenario((await this.start()).folder, finished);
  }

  /** Also runs these trials, against broken healers, as far as they are needed; those of their scenarios must be run too. */
  against(planned: ReturnType<typeof planMatrix>): void {
    this.#matrix = planned.matrix;
    this.#matrixRun = runMatrix(planned, {
      run: (plan) => this.trial(plan),
      judged: () => this.#judged,
      whole: false,
    });
  }

  /** What has become of one broken healer, once the trials against all of them are over. */
  async brokenHealer(name: string): Promise<BrokenHealerJudgement> {
    const matrix = this.#matrix;
    if (!matrix) throw new Error("nothing was run against broken healers");
    await this.#matrixRun;
    await Promise.allSettled(matrix.scenarios.map((it) => this.#trials.get(it.name)?.finished));
    // What never began has its own place in the judgement.
    return judgeBrokenHealer(name, matrix, this.#judged);
  }

  /** Where a trial's journal is. */
  async journalOf({ record }: FinishedTrial): Promise<string> {
    return join((await this.start()).folder, record.folder, "journal.ndjson");
  }

  /** Waits for what is under way, writes the reports and says where they are. */
  async close(): Promise<void> {
    const run = await this.#run?.catch(() => undefined);
    if (!run) return;
    await this.#matrixRun;
    const settled = await Promise.allSettled([...this.#trials.values()].map((it) => it.finished));
    const finished = settled.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
    // What is broken on purpose to test the gate belongs to no report of what recovers.
    const against = new Set(this.#matrix?.cells.map((it) => it.trial));
    const planned = [...against];
    const claimed = finished
      .filter((it) => it.plan.variant === undefined || against.has(it.plan.id))
      // Those of the matrix were run as they were needed.
      .toSorted((one, other) => planned.indexOf(one.plan.id) - planned.indexOf(other.plan.id));
    const record = run.record(claimed, [...(await this.#failed()), ...this.#notRun()], this.#matrix);
    writeReports(run.folder, record, new Map(claimed.map((it) => [it.plan.id, it.journal])));
    pointLatest(run.folder);
    await run[Symbol.asyncDispose]();
    process.stdout.write(`\n${summaryText(record, { colour: false, width: 100 })}`);
    process.stdout.write(`report  ${relative(process.cwd(), join(run.folder, "index.html"))}\n\n`);
  }

  /** Trials that gave no judgement, and why. */
  async #failed(): Promise<{ what: string; why: string }[]> {
    const looked = await Promise.all(
      [...this.#trials].map(async ([what, { finished }]) =>
        finished.then(
          () => [],
          (thrown: unknown) => [{ what, why: messageOf(thrown) }],
        ),
      ),
    );
    return looked.flat();
  }

  #notRun(): { what: string; why: string }[] {
    const controls = [...this.#controlsLeftOut].filter((it) => !this.#trials.has(it));
    return [...controls.map((what) => ({ what, why: "control: false" })), ...this.#leftOut];
  }
}

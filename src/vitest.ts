import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { messageOf } from "./errors.ts";
import type { AnyFault } from "./fault/define.ts";
import { builtInFaults } from "./fault/registry.ts";
import type { TrialJudgement } from "./judge/judgement.ts";
import type { TrialPlan } from "./plan.ts";
import { planTrials } from "./plan-trials.ts";
import { summaryText, trialLine } from "./report/text.ts";
import { defaultWorkers, type FinishedTrial, kindsOf, Run } from "./run.ts";
import { pointLatest, writeReports } from "./run-folder.ts";
import type { LoadedScenario } from "./scenario/load.ts";
import { minutes } from "./time.ts";

/**
 * Scenarios as vitest tests. One run of ours schedules all trials; the tests only await its verdicts, so vitest's own
 * concurrency and retries play no part.
 */

export interface GateOptions {
  readonly faults?: readonly AnyFault[];
  /** Where run folders are made; `reports` unless told. */
  readonly out?: string;
  /** How many trials are observed at a time; {@link defaultWorkers} unless told. */
  readonly workers?: number;
}

/** Every phase of a trial has its own limit; this one only says that something of ours hangs. */
const testTimeoutMs = minutes(30);

export interface Gate {
  /** Adds a trial that is part of no scenario's verdict, such as one against a stack that is broken on purpose. Its judgement, once it is over. */
  trial(plan: TrialPlan): () => Promise<TrialJudgement>;
}

/**
 * Defines a test for each scenario's trial and for each of its controls, and writes the run's reports at the end. Call it
 * once in a test file, with scenarios that {@link loadScenarios} has read.
 */
export function scenarioTests(loaded: readonly LoadedScenario[], options: GateOptions = {}): Gate {
  const plans = loaded.map((it) => planTrials(it, { control: true }));
  const others: TrialPlan[] = [];
  const trials = new Map<string, Promise<FinishedTrial>>();
  let run: Run | undefined;

  beforeAll(async () => {
    run = await Run.start({
      faults: options.faults ?? builtInFaults,
      kinds: kindsOf([...plans.flat(), ...others]),
      out: resolve(options.out ?? "reports"),
      workers: options.workers ?? defaultWorkers(),
    });
    for (const plan of [...plans.flat(), ...others]) {
      const finished = run.trial(plan);
      // A rejection is awaited by the trial's own test; it must not end the process before that.
      finished.catch(() => undefined);
      trials.set(plan.id, finished);
    }
  }, testTimeoutMs);

  afterAll(async () => {
    if (!run) return;
    const settled = await Promise.allSettled(trials.values());
    const finished = settled.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
    // What is broken on purpose is tested here, but belongs to no report of what recovers.
    const claimed = finished.filter((it) => it.plan.variant === undefined);
    const record = run.record(claimed, await notRun(trials));
    writeReports(run.folder, record, new Map(claimed.map((it) => [it.plan.id, it.journal])));
    pointLatest(run.folder);
    await run[Symbol.asyncDispose]();
    process.stdout.write(`\n${summaryText(record, { colour: false, width: 100 })}`);
    process.stdout.write(`report  ${relative(process.cwd(), join(run.folder, "index.html"))}\n\n`);
  }, testTimeoutMs);

  const finishedTrial = async (id: string): Promise<FinishedTrial> => {
    const finished = trials.get(id);
    if (!finished) throw new Error(`the run did not start, so ${id} was not run`);
    return finished;
  };

  for (const ofScenario of plans) {
    const [first] = ofScenario;
    if (!first) continue;
    describe(first.scenario, () => {
      for (const plan of ofScenario)
        test(titleOf(plan), { timeout: testTimeoutMs, retry: 0 }, async () => {
          const { judgement, record } = await finishedTrial(plan.id);
          onTestFailed(() => {
            process.stderr.write(`journal of ${plan.id}: ${join(run?.folder ?? "", record.folder)}\n`);
          });
          expect(judgement.outcome, trialLine(judgement, { colour: false })).toBe("proven");
        });
    });
  }

  return {
    trial(plan) {
      others.push(plan);
      return async () => (await finishedTrial(plan.id)).judgement;
    },
  };
}

/** Trials that gave no judgement, and why. */
async function notRun(trials: ReadonlyMap<string, Promise<FinishedTrial>>): Promise<{ what: string; why: string }[]> {
  const looked = await Promise.all(
    [...trials].map(async ([what, trial]) =>
      trial.then(
        () => [],
        (thrown: unknown) => [{ what, why: messageOf(thrown) }],
      ),
    ),
  );
  return looked.flat();
}

function titleOf({ claim, control }: TrialPlan): string {
  return control
    ? `${control.of === undefined ? "" : "afterwards, "}without its ${control.without} it does not recover`
    : claim;
}

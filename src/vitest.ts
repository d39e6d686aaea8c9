import { afterAll, beforeAll, describe, expect, onTestFailed, test, vi } from "vitest";
import type { TrialJudgement } from "./judge/judgement.ts";
import { toBeSeen, withoutHealer } from "./judge/words.ts";
import type { TrialPlan } from "./plan.ts";
import { planMatrix } from "./plan-matrix.ts";
import { planTrials } from "./plan-trials.ts";
import { healerLine, trialLine } from "./report/text.ts";
import type { BrokenHealer } from "./scenario/broken-healers.ts";
import { inTypeScript, type LoadedScenario } from "./scenario/loaded.ts";
import { shownPath } from "./scenario/select.ts";
import { minutes } from "./time.ts";
import { FileRun, type GateOptions } from "./vitest/file-run.ts";
import type { FinishedScenario } from "./vitest/finished-scenario.ts";
import "./vitest/matchers.ts";

/**
 * Scenarios as vitest tests. One run of ours schedules all trials of a test file; the tests only await its verdicts, so vitest's own
 * concurrency and retries play no part.
 */

export type { GateOptions } from "./vitest/file-run.ts";
export type { FinishedScenario } from "./vitest/finished-scenario.ts";
export type { DurationText } from "./vitest/matchers.ts";

/** Every phase of a trial has its own limit; this one only says that something of ours hangs. */
const testTimeoutMs = minutes(30);

/** Runs a scenario's trial and its controls, which may be left out; what becomes of them. */
export type RunScenario = (
  scenario: LoadedScenario,
  options?: { readonly control?: boolean },
) => Promise<FinishedScenario>;

export interface Gate {
  /** Adds a trial that is part of no scenario's verdict, such as one against a stack that is broken on purpose. Its judgement, once it is over. */
  trial(plan: TrialPlan): () => Promise<TrialJudgement>;
  /** Runs a scenario from within a test of the same file. */
  readonly run: RunScenario;
}

/**
 * The run of a test file, for scenarios that are written in its tests: call it once in the file, outside of the tests. What it
 * returns is called in them.
 */
export function scenarioRun(options: GateOptions = {}): RunScenario {
  return runIn(fileRun(options));
}

export interface ScenarioTestsOptions extends GateOptions {
  /** Also runs the scenarios against these, with a test for each: at least one scenario must catch it. */
  readonly brokenHealers?: readonly BrokenHealer[];
  /** The scenarios that are run against them; all of the test file's unless told. */
  readonly against?: readonly LoadedScenario[];
}

/**
 * Defines a test for each scenario's trial, for each of its controls and for each broken healer, and writes the run's reports at the
 * end. Call it once in a test file, with scenarios that {@link loadScenarios} has read.
 */
export function scenarioTests(loaded: readonly LoadedScenario[], options: ScenarioTestsOptions = {}): Gate {
  const plans = loaded.map((it) => planTrials(it, { control: true }));
  const broken = options.brokenHealers && planMatrix(options.against ?? loaded, options.brokenHealers);
  const others: TrialPlan[] = [];
  const file = fileRun(options);

  beforeAll(async () => {
    await file.start();
    for (const plan of [...plans.flat(), ...others]) void file.trial(plan).catch(() => undefined);
    if (broken) file.against(broken);
  }, testTimeoutMs);

  for (const ofScenario of plans) {
    const [first] = ofScenario;
    if (!first) continue;
    describe(first.scenario, () => {
      for (const plan of ofScenario)
        test(titleOf(plan), { timeout: testTimeoutMs, retry: 0 }, async () => {
          const finished = await file.trial(plan);
          const journal = await file.journalOf(finished);
          onTestFailed(() => {
            process.stderr.write(`journal of ${plan.id}: ${journal}\n`);
          });
          const { judgement } = finished;
          expect(judgement.outcome, trialLine(judgement, { colour: false })).toBe("proven");
        });
    });
  }

  if (broken)
    describe("broken healers", () => {
      for (const { name, what } of broken.matrix.healers)
        test(`${name} is caught (${what})`, { timeout: testTimeoutMs, retry: 0 }, async () => {
          const judged = await file.brokenHealer(name);
          expect(judged.outcome, healerLine(judged, { colour: false })).toBe("proven");
        });
    });

  return {
    trial(plan) {
      others.push(plan);
      return async () => (await file.trial(plan)).judgement;
    },
    run: runIn(file),
  };
}

const runIn =
  (file: FileRun): RunScenario =>
  (scenario, which) => {
    const { testPath } = expect.getState();
    const written =
      scenario.file !== inTypeScript || testPath === undefined ? {} : { file: shownPath(process.cwd(), testPath) };
    return file.scenario({ ...scenario, ...written }, which);
  };

function fileRun(options: GateOptions): FileRun {
  const file = new FileRun(options);
  // Of this test file alone: vitest takes it back after each.
  vi.setConfig({ testTimeout: testTimeoutMs });
  afterAll(() => file.close(), testTimeoutMs);
  return file;
}

function titleOf(plan: TrialPlan): string {
  const { claim, control, nth } = plan;
  if (!control) return nth === undefined ? claim : `${claim} (trial ${nth})`;
  return `${withoutHealer(control)}: ${toBeSeen(plan)}`;
}

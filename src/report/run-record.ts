import type { Outcome, ScenarioJudgement } from "../judge/judgement.ts";
import type { MatrixJudgement } from "../judge/matrix.ts";
import type { Duration } from "../time.ts";

/** What `run.json` holds: the whole result of a run, to be read by programs, and what every report is made from. */
export interface RunRecord {
  readonly version: 1;
  readonly healproof: string;
  readonly id: string;
  /** ISO date and time; a label. */
  readonly startedAt: string;
  readonly outcome: Outcome;
  readonly scenarios: readonly ScenarioJudgement[];
  /** The scenarios against broken healers, where that was asked for. */
  readonly matrix?: MatrixJudgement;
  /** What was asked for and not run, and why. Never left out in silence. */
  readonly notRun: readonly { readonly what: string; readonly why: string }[];
  /** Where each trial's journal and evidence are, relative to the run's folder. */
  readonly trials: readonly TrialRecord[];
  readonly cost: RunCost;
}

export interface TrialRecord {
  readonly id: string;
  readonly folder: string;
  /** The phase `up`: from the beginning of the stack's start until every healthcheck passes. The observers begin to look after it. */
  readonly up: Duration;
  readonly total: Duration;
}

/**
 * What a run cost: its wall time; and the floor of what its trials take in all, the stacks' own starts and the recoveries (or watched
 * non-recoveries). As trials run beside one another, the wall time may be below it; the sum of the trials' totals cannot.
 */
export interface RunCost {
  readonly wall: Duration;
  readonly floor: Duration;
}

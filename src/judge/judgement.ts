import type { Healer } from "../scenario/schema.ts";
import type { Duration, Interval, Moment } from "../time.ts";

/** What judging finds. Plain data: JSON in, JSON out. Every figure names the journal lines (`seqs`) that it came from. */

/** A sentence and the journal lines that show it. */
export interface Evidence {
  readonly text: string;
  readonly seqs: readonly number[];
}

/** A span in which a signal was bad: it began in (start of last good, end of first bad] and ended in (start of last bad, end of first good]. */
export interface Outage {
  readonly began: Moment;
  /** Absent while it lasts. */
  readonly ended?: Moment;
  readonly evidence: Evidence;
}

/** What one signal (a recovery condition) showed after the fault. */
export interface SignalJudgement {
  readonly series: string;
  readonly condition: string;
  /** Every outage from the injection to the end of the observation. Empty: it never looked bad (shorter than its sampling). */
  readonly outages: readonly Outage[];
  /** Samples looked at, and the largest gap between two that were due one after the other. */
  readonly samples: number;
  readonly largestGap: Duration;
  /** The lines of the first and the last of these samples, and of the two with the largest gap between them. */
  readonly seqs: readonly number[];
}

export type InconclusiveReason =
  | "stack-not-up" // the stack never came up healthy
  | "sick-baseline" // the stack was not steady before the fault
  | "fault-had-no-effect" // the fault was not witnessed within its limit
  | "fault-ended-early" // the fault stopped being in force though nothing healed it
  | "fault-not-shown-in-force" // a fault that is held was not looked at for too long
  | "no-outage-observed" // the fault bit, yet no recovery signal ever looked bad
  | "observer-gap" // a needed signal has no samples for longer than is tolerable
  | "budget-inside-uncertainty" // at least < budget < at most
  | "not-steady-again" // the stack was not steady once the fault had been put back
  | "ledger-unchecked" // whether all that was acknowledged is still there was not shown
  | "trial-not-run" // of a scenario: its trial, or one that repeats it, gave no judgement
  | "control-not-run" // of a scenario: a planned control gave no judgement
  | "harness-error" // the trial was not carried through: healproof failed in it, or could not do what it was asked for
  | "interrupted";

/** `escalated`, `held`: the same as `recovered`, of a scenario that claims that a person is called, or that what the fault did stays so. */
export type Verdict =
  | {
      readonly kind:
        | "recovered"
        | "too-slow"
        | "never-recovered"
        | "escalated"
        | "never-escalated"
        | "held"
        | "never-held";
    }
  | { readonly kind: "inconclusive"; readonly reason: InconclusiveReason };

export type HealedBy = Healer | "harness" | "several" | "unknown" | "nobody";

export interface Attribution {
  readonly healer: HealedBy;
  readonly evidence: readonly Evidence[];
}

/** Where nothing recovered, only what tells of a healing all the same, and so does not agree. */
export interface CorroborationJudgement {
  readonly condition: string;
  readonly agrees: "yes" | "no" | "unknown";
  readonly evidence: Evidence;
}

/** What a scenario claims besides its goal. */
export interface CheckJudgement {
  readonly kind: "during" | "never" | "untouched" | "order" | "not-before";
  readonly condition: string;
  /** Whether it is as claimed. */
  readonly agrees: "yes" | "no" | "unknown";
  readonly evidence: Evidence;
}

export type Outcome = "proven" | "refuted" | "inconclusive";

/** One act of a trial: from a fault (or from a healer's return) to recovery, or to the end of patience. */
export interface ActJudgement {
  readonly act: "main" | "restored" | "afterwards";
  readonly fault?: string;
  /** The recovery is measured from here: the injection, the fault's end, or the healer's return. Absent if it was never reached. */
  readonly origin?: Moment;
  /** Present where `origin` is the end of the last fault's time. */
  readonly measuredFrom?: "fault-end";
  /** (last seen whole, first seen broken] */
  readonly bitten?: Moment;
  readonly budget: Duration;
  readonly signals: readonly SignalJudgement[];
  /** When all conditions held together and kept holding. */
  readonly recoveredAt?: Moment;
  readonly recovery?: Interval;
  /** The samples that bound the recovery. */
  readonly recoveryEvidence?: Evidence;
  /** How long non-recovery was watched, where it did not recover. */
  readonly watchedFor?: Duration;
  readonly attribution: Attribution;
  readonly corroboration: readonly CorroborationJudgement[];
  readonly checks: readonly CheckJudgement[];
  readonly verdict: Verdict;
  readonly expected: "recovered" | "never-recovered";
  /** Whether the act came out as the scenario claims: right verdict, right healer, corroborated. */
  readonly outcome: Outcome;
  /** One sentence for people: figures, healer, and what to do where something is off. */
  readonly explanation: string;
}

/** What the stack's ledger found: how many operations were acknowledged, and those of them that are lost or there twice. */
export interface LedgerJudgement {
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Of a control in which something acknowledged must be missing: the ledger is to say so. */
  readonly lossExpected?: true;
  readonly evidence: Evidence;
}

export interface TrialJudgement {
  readonly id: string;
  readonly scenario: string;
  readonly claim: string;
  readonly control?: {
    readonly without?: Healer;
    /** In its place, where it is no healer that is switched off: what is otherwise. */
    readonly given?: string;
    /** Its main act is what the scenario breaks afterwards; absent, what the scenario breaks. */
    readonly of?: "afterwards";
    readonly because?: string;
    /** What is to be seen in it: `it does not recover`. Absent in what an older healproof has saved. */
    readonly expects?: string;
  };
  /** Of a trial that repeats the scenario's first: which one it is. */
  readonly nth?: number;
  /** The ids of the trials that repeat it, and of its controls, as planned: what is proven counts only beside them. */
  readonly again: readonly string[];
  readonly controls: readonly string[];
  /** Why there can be no control, where there is none, or none for each healer. */
  readonly uncontrolled?: string;
  readonly variant?: string;
  readonly acts: readonly ActJudgement[];
  /** Absent where the scenario has no ledger, or it was never asked. */
  readonly ledger?: LedgerJudgement;
  readonly outcome: Outcome;
  /** Of a trial of which no act came out otherwise than claimed: why it is inconclusive all the same. */
  readonly doubt?: InconclusiveReason;
  readonly explanation: string;
  /** Facts that a reader should know, such as "up stayed at 1 throughout: the outage was shorter than its scrape interval". */
  readonly remarks: readonly Evidence[];
  readonly errors: readonly Evidence[];
  /** Of a control: a common claim that its journal contradicts. */
  readonly refutes?: Evidence;
}

/** A scenario's claim: its trial, those that repeat it, and all its controls. */
export interface ScenarioJudgement {
  readonly scenario: string;
  readonly claim: string;
  readonly trial: TrialJudgement;
  readonly again: readonly TrialJudgement[];
  readonly controls: readonly TrialJudgement[];
  /** What was planned for it and gave no judgement, and what that means. */
  readonly notRun: readonly { readonly id: string; readonly text: string }[];
  readonly outcome: Outcome;
  readonly explanation: string;
}

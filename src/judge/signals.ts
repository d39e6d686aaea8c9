import type { Journal } from "../journal.ts";
import { type Condition, comesLater, describeCondition, sayValue, seriesOf } from "../scenario/conditions.ts";
import { type Duration, formatDuration, type Instant, later, type Moment, moment, ms } from "../time.ts";
import { gapIn, largestGap } from "./gaps.ts";
import type { ActHistory } from "./history.ts";
import type { SignalJudgement } from "./judgement.ts";
import { reaches, type SeenOutage, seenOutages, toOutage } from "./outage.ts";
import { countsFor, type Recovery, recoveryOf, type Signal } from "./recovery.ts";
import { type JudgedSeries, judgedFor, seriesIn } from "./series.ts";
import { atInstant } from "./words.ts";

/** What an act's recovery conditions showed. */
export interface ActSignal extends Signal {
  readonly condition: Condition;
  /** All outages that reach into the act, those that cannot be the fault's too. */
  readonly all: readonly SeenOutage[];
}

export interface ActSignals {
  readonly signals: readonly ActSignal[];
  readonly recovery: Recovery;
}

/** Reads an act's recovery conditions up to the end of its observation. Undefined before the act has begun. */
export function signalsOf(journal: Journal, history: ActHistory): ActSignals | undefined {
  const { act, begun, origin, faults, horizon } = history;
  if (!begun) return undefined;
  const series = seriesIn(journal, act.recovery.when.map(seriesOf), horizon);
  // What is not a recovery comes true for the first time: until then it is as if it had been out all along.
  const allNew = act.id === "restored" || act.goal !== "recovery";
  const bitten = act.id === "restored" ? undefined : faults[0]?.bitten?.when;
  const signals = act.recovery.when.flatMap((condition) => {
    const found = series.get(seriesOf(condition));
    if (!found) return [];
    // What was answered well only after the observation may owe it to our own undo.
    const judged = judgedFor(condition, found, begun);
    const one = { ...judged, ticks: judged.ticks.filter(({ to, good }) => to <= horizon || !good) };
    const all = seenOutages(one.ticks, (it) => it.good).filter((it) => reaches(it, begun.earliest));
    const inProgress = allNew || comesLater(condition);
    const outages = all.filter((it) => countsFor(it, { origin: begun, bitten, inProgress }));
    return [{ condition, series: one, all, outages }];
  });
  const { stableFor, measuredFrom } = act.recovery;
  const notBefore = measuredFrom === "fault-end" ? (origin?.latest ?? Number.POSITIVE_INFINITY) : undefined;
  const recovery = recoveryOf(signals, stableFor, notBefore);
  return {
    signals,
    recovery:
      act.goal === "holds" && recovery.state === "no-outage" ? heldAllAlong(signals, begun, stableFor) : recovery,
  };
}

/** What held before the fault already, and never stopped. */
function heldAllAlong(signals: readonly Signal[], begun: Moment, stableFor: Duration): Recovery {
  const stableUntil = later(begun.latest, stableFor);
  const complete = signals.every(({ series: { ticks, every } }) => {
    const last = ticks.at(-1);
    return last !== undefined && last.from + every >= stableUntil;
  });
  return complete ? { state: "recovered", at: begun, stableUntil, bounds: [] } : { state: "holding", at: begun };
}

/** One condition's samples with whether each is good, totals counted from the act's beginning on. */
export function ticksFor(journal: Journal, condition: Condition, begun: Moment): JudgedSeries {
  const id = seriesOf(condition);
  const found = seriesIn(journal, [id]).get(id);
  return found ? judgedFor(condition, found, begun) : { id, every: ms(1000), ticks: [] };
}

export function toSignalJudgement(
  { series, condition, all }: ActSignal,
  origin: Moment,
  end: Instant,
): SignalJudgement {
  const { samples, gap, seqs } = largestGap(series, origin.earliest, end);
  return {
    series: series.id,
    condition: describeCondition(condition),
    outages: all.map((it) => toOutage(it, series.id, (value) => sayValue(condition, value))),
    samples,
    largestGap: gap,
    seqs,
  };
}

/**
 * The first needed series that was silent for too long between the origin and the end of what is claimed, in words. Where all observers
 * were away, and a series was bad before and good after, its silence is part of the interval in which it may have recovered.
 */
export function silenceIn(
  signals: readonly ActSignal[],
  origin: Moment,
  end: Instant,
  absences: readonly Moment[],
): string | undefined {
  for (const { series, outages } of signals) {
    if (series.ticks.length === 0) return `${series.id} has no samples at all`;
    const excused = absences.flatMap((away) =>
      outages
        .filter(({ lastBad }) => lastBad.to >= away.earliest)
        .map(({ firstGood }) => moment(away.earliest, Math.min(away.latest, firstGood?.from ?? away.latest))),
    );
    const gap = gapIn(series, origin.earliest, end, excused);
    if (gap)
      return `${series.id} has no samples for ${formatDuration(ms(gap.to - gap.from))} ${atInstant(gap.from).replace("at", "from")} on, where one was due every ${formatDuration(series.every)}`;
  }
  return undefined;
}

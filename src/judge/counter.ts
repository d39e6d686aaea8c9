import { type Corroboration, describeCondition, seriesOf } from "../scenario/conditions.ts";
import { formatDuration, type Instant, later, type Moment, ms } from "../time.ts";
import { gapIn, tolerable } from "./gaps.ts";
import type { CorroborationJudgement } from "./judgement.ts";
import { firstFrom, risenBy, type Series, type Tick } from "./series.ts";
import { atInstant, plain } from "./words.ts";

/** A counter's first increase after the origin: it happened after `from` and by `tick.to`. */
interface Increase {
  readonly base: number;
  readonly from: Instant;
  readonly before?: Tick;
  readonly tick: Tick;
}

/**
 * Finds the first increase since the last sample before the origin. A drop is a reset: the counter began again at 0, so what it
 * shows then is increase, and a reset to 0 is none.
 *
 * A series that first appears after the origin is counted from 0 only if it was seen to be absent (`absentBefore`: its observer
 * brought samples of other series around the origin); else its first value may be old and is only where counting starts.
 */
export const firstIncrease = (ticks: readonly Tick[], origin: Moment, absentBefore: boolean): Increase | undefined =>
  increases(ticks, origin, absentBefore).next().value ?? undefined;

function* increases(ticks: readonly Tick[], origin: Moment, absentBefore: boolean): Generator<Increase, undefined> {
  const start = firstFrom(ticks, origin.earliest);
  let before = ticks[start - 1];
  for (const tick of ticks.slice(start)) {
    const base = before?.value ?? (absentBefore ? 0 : undefined);
    if (base !== undefined) {
      const increase = risenBy(base, tick.value);
      if (increase > 0) yield { base, from: before?.from ?? origin.earliest, tick, ...(before ? { before } : {}) };
    }
    before = tick;
  }
  return undefined;
}

export interface CounterJudgement extends CorroborationJudgement {
  /** Its time is not over and it may still come true: for live use. */
  readonly pending: boolean;
  /** When it came true, as far as is known. */
  readonly cameTrue?: Moment;
  /** Each increase in time: it happened in its span. */
  readonly rose: readonly Moment[];
}

/**
 * Whether a counter increased after the origin and within its own time, counted from the recovery's latest end. What its
 * samples do not cover is unknown: neither an increase nor its absence is read from silence.
 */
export function judgeCounter(
  series: Series,
  corroboration: Corroboration,
  {
    origin,
    recoveredAt,
    now,
    absentBefore,
  }: { origin: Moment; recoveredAt: Moment; now: Instant; absentBefore: boolean },
): CounterJudgement {
  const condition = describeCondition(corroboration);
  const name = seriesOf(corroboration);
  const deadline = later(recoveredAt.latest, corroboration.within);
  const limit = tolerable(series);
  const say = (
    agrees: "yes" | "no" | "unknown",
    text: string,
    ticks: readonly (Tick | undefined)[],
    pending = false,
  ) => ({
    condition,
    agrees,
    evidence: { text, seqs: [...new Set(ticks.flatMap((it) => (it ? [it.seq] : [])))] },
    pending,
    rose: [],
  });

  const found = firstIncrease(series.ticks, origin, absentBefore);
  if (found) {
    const { base, before, tick, from } = found;
    const change = `${name} went from ${base} to ${tick.value} by ${atInstant(tick.to).slice(3)}`;
    const cameTrue = { earliest: from, latest: tick.to };
    if (before && before.from < origin.earliest && origin.earliest - before.to > limit)
      return say("unknown", `${change}, but was silent before: it may have increased before the fault`, [before, tick]);
    if (tick.to <= deadline) {
      const rose = [...increases(series.ticks, origin, absentBefore)]
        .filter((it) => it.tick.to <= deadline)
        .map((it) => ({ earliest: it.from, latest: it.tick.to }));
      return { ...say("yes", change, [before, tick]), cameTrue, rose };
    }
    if (before && before.from >= deadline)
      return say("no", `${change}, later than the ${plain(corroboration.within)} it had`, [before, tick]);
    return say("unknown", `${change}: the end of the ${plain(corroboration.within)} it had lies in between`, [
      before,
      tick,
    ]);
  }

  const first = series.ticks[Math.max(0, firstFrom(series.ticks, origin.earliest) - 1)];
  const last = series.ticks.at(-1);
  const waiting = now <= deadline + limit;
  if (!first || !last) return say("unknown", `${name} has no samples`, [], waiting);
  if (last.from < deadline)
    return say(
      "unknown",
      `${name} stood at ${last.value}, last seen ${atInstant(last.to)}, before its time was over`,
      [first, last],
      waiting,
    );
  if (!absentBefore && firstFrom(series.ticks, origin.earliest) === 0)
    return say("unknown", `${name} has no sample from before the fault to count from`, [first, last]);
  const gap = gapIn(series, origin.earliest, deadline);
  if (gap)
    return say("unknown", `${name} was silent for ${formatDuration(ms(gap.to - gap.from))} ${atInstant(gap.from)}`, [
      first,
      last,
    ]);
  return say("no", `${name} stood at ${last.value} for the ${plain(corroboration.within)} it had`, [first, last]);
}

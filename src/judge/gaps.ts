import { type Duration, type Instant, type Moment, ms } from "../time.ts";
import { firstFrom, type Series, type Tick } from "./series.ts";

/** A stretch without any exchange of a series. */
export interface Gap {
  readonly from: Instant;
  readonly to: Instant;
  readonly seqs: readonly number[];
}

/**
 * How long a series may be silent before nothing can be said about that time: three samples that were due, or a second. A running total
 * tells afterwards what came meanwhile, only less sure of when: five seconds.
 */
export const tolerable = ({ every, cumulative }: Pick<Series, "every" | "cumulative">): Duration =>
  ms(Math.max(3 * every, cumulative ? 5000 : 1000));

/**
 * The first silence between `from` and `to` that is longer than is tolerable, counted from the end of the last exchange to the
 * start of the next. One that began before `from` counts in full; one that goes on after `to` only up to there, so that what
 * happens after a claim's window does not matter to it. What lies within one of the `excused` is none, but for what is tolerable anyway,
 * if that is known otherwise: the last sample before and the first one after are not at its ends.
 */
export function gapIn(series: Series, from: Instant, to: Instant, excused: readonly Moment[] = []): Gap | undefined {
  const limit = tolerable(series);
  const { ticks } = series;
  const isExcused = (begin: Instant, end: Instant) =>
    excused.some((it) => Math.max(0, it.earliest - begin) + Math.max(0, end - it.latest) <= limit);
  const start = firstFrom(ticks, from);
  let covered: Instant | undefined;
  let seq: number | undefined;
  for (const tick of ticks.slice(Math.max(0, start - 200), start)) {
    if (covered === undefined || tick.to > covered) [covered, seq] = [tick.to, tick.seq];
  }
  covered ??= from;
  for (const tick of ticks.slice(start)) {
    if (covered >= to) return undefined;
    const isLong = Math.min(tick.from, to) - covered > limit || (tick.from <= to && tick.from - covered > limit);
    if (isLong && !isExcused(covered, tick.from)) return { from: covered, to: tick.from, seqs: seqsOf(seq, tick.seq) };
    if (tick.to > covered) [covered, seq] = [tick.to, tick.seq];
  }
  // Nobody told afterwards what came in this one.
  const { every } = series;
  return to - covered > tolerable({ every }) ? { from: covered, to, seqs: seqsOf(seq) } : undefined;
}

/**
 * The largest distance between the starts of two neighbouring samples from `from` to `to`. `seqs` are the lines of these two, and of the
 * first and the last of all.
 */
export function largestGap(
  series: Series,
  from: Instant,
  to: Instant,
): { readonly samples: number; readonly gap: Duration; readonly seqs: readonly number[] } {
  const ticks = series.ticks.slice(firstFrom(series.ticks, from)).filter((it) => it.from <= to);
  let gap = 0;
  let widest: readonly Tick[] = [];
  for (const [index, tick] of ticks.entries()) {
    const last = ticks[index - 1];
    if (!last || tick.from - last.from <= gap) continue;
    gap = tick.from - last.from;
    widest = [last, tick];
  }
  const named = [ticks[0], ...widest, ticks.at(-1)].map((it) => it?.seq);
  return { samples: ticks.length, gap: ms(gap), seqs: [...new Set(seqsOf(...named))] };
}

const seqsOf = (...seqs: (number | undefined)[]) => seqs.filter((it) => it !== undefined);

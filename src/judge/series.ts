import type { Journal, Observer } from "../journal.ts";
import { type Condition, readingOf } from "../scenario/conditions.ts";
import { type Duration, type Instant, type Moment, moment, ms } from "../time.ts";

/** One sample as judging sees it: it covers its whole exchange, `[from, to]`, and knows the journal line it came from. */
export interface Tick {
  readonly from: Instant;
  readonly to: Instant;
  readonly value: number;
  readonly note?: string;
  readonly seq: number;
}

export interface Series {
  readonly id: string;
  /** Absent where the journal never declared it: then nobody looked. */
  readonly observer?: Observer;
  readonly every: Duration;
  /** Its samples hold a running total. */
  readonly cumulative?: true;
  /** Ordered by start, because tries overlap: the one that was asked first comes first, whenever it was answered. */
  readonly ticks: readonly Tick[];
}

/** The samples of the wanted series, in one pass; those that started after `until` are left out. */
export function seriesIn(
  journal: Journal,
  ids: Iterable<string>,
  until: number = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, Series> {
  const found = new Map(
    [...ids].map((id) => [id, { ticks: [] as Tick[], every: ms(1000), observer: undefined as Series["observer"] }]),
  );
  for (const record of journal) {
    if (record.kind === "series") {
      const one = found.get(record.id);
      if (!one) continue;
      one.observer = record.observer;
      one.every = ms(record.everyMs);
    } else if (record.kind === "samples") {
      const ticks = found.get(record.series)?.ticks;
      if (!ticks) continue;
      for (const [from, to, value, note] of record.items)
        if (from <= until) ticks.push({ from, to, value, seq: record.seq, ...(note === undefined ? {} : { note }) });
    }
  }
  return new Map(
    [...found].map(([id, { ticks, every, observer }]) => [
      id,
      { id, every, ticks: ticks.sort(byStart), ...(observer === undefined ? {} : { observer }) },
    ]),
  );
}

/** The samples of one condition, each with whether it is good. */
export interface JudgedSeries extends Series {
  readonly ticks: readonly JudgedTick[];
}

export interface JudgedTick extends Tick {
  readonly good: boolean;
}

/**
 * What a condition says to its series. Of a running total only what came since `begun` counts: since the last sample that had ended
 * then, or since the first where nothing has begun yet. Where a total was not seen before, nobody knows what came since: no samples.
 */
export function judgedFor(condition: Condition, series: Series, begun?: Moment): JudgedSeries {
  const { good, cumulative, resets } = readingOf(condition);
  const total = resets ? countedIn(series.ticks) : risingOf(series.ticks);
  const ticks = cumulative ? since(begun, total) : series.ticks;
  return { ...series, ...(cumulative ? { cumulative } : {}), ticks: ticks.map((it) => ({ ...it, good: good(it) })) };
}

/** A total never falls: where one that was told late is more than a later sample's, that one did not know of it yet. */
export function risingOf<T extends { readonly value: number }>(samples: readonly T[]): T[] {
  let most = Number.NEGATIVE_INFINITY;
  return samples.map((it) => {
    most = Math.max(most, it.value);
    return { ...it, value: most };
  });
}

/** What a counter counted from one sample to the next: where it fell it began again at 0, and what it shows then is new. */
export const risenBy = (before: number, value: number): number => (value >= before ? value - before : value);

/** What a counter has counted since its first sample. */
function countedIn<T extends { readonly value: number }>(samples: readonly T[]): T[] {
  let total = 0;
  return samples.map((it, index) => {
    total += risenBy(samples[index - 1]?.value ?? it.value, it.value);
    return { ...it, value: total };
  });
}

function since(begun: Moment | undefined, ticks: readonly Tick[]): readonly Tick[] {
  const before = begun ? ticks.findLast((it) => it.to <= begun.earliest) : ticks[0];
  if (!before) return [];
  return ticks.map((it) => ({ ...it, value: Math.max(0, it.value - before.value) }));
}

/** The last that was done to the stack: what is looked at while it is steady is counted from there on. */
export function lastDone(journal: Journal): Moment | undefined {
  const done = journal.findLast(
    (it) => it.kind === "fault" && (it.stage === "injected" || it.stage === "lifted" || it.stage === "undone"),
  );
  return done?.kind === "fault" ? moment(done.when.latest, done.when.latest) : undefined;
}

const byStart = (a: Tick, b: Tick) => a.from - b.from || a.to - b.to || a.value - b.value || a.seq - b.seq;

/** The index of the first tick that started at `at` or later. */
export function firstFrom(ticks: readonly Tick[], at: number): number {
  let low = 0;
  let high = ticks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ticks[middle]?.from ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

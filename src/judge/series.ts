import type { Journal } from "../journal.ts";
import { type Duration, type Instant, ms } from "../time.ts";

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
  readonly observer?: "prometheus" | "probe";
  readonly every: Duration;
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

import { type Journal, recordsOf } from "../journal.ts";
import type { Instant } from "../time.ts";
import { later, ms } from "../time.ts";

/**
 * What a series looked like, as spans to draw. `between`: the signal changed somewhere in here, between two samples.
 * `gap`: no sample, though some were due.
 */
export interface Span {
  readonly state: "good" | "bad" | "between" | "gap";
  readonly from: Instant;
  readonly to: Instant;
  readonly samples: number;
}

export interface Try {
  readonly from: Instant;
  readonly to: Instant;
  readonly value: number;
}

/** This many intervals without a sample are drawn as a gap. What gap is tolerable is the judge's rule, not this one. */
const dueBeforeGap = 3;

/** The good and bad spans of a series, merged, in order, without overlaps. A sample covers its exchange; the next one's start ends it. */
export function spansOf(tries: readonly Try[], everyMs: number, isGood: (it: Try) => boolean): Span[] {
  const spans: { state: Span["state"]; from: Instant; to: Instant; samples: number; lastFrom: Instant }[] = [];
  for (const it of tries) {
    const state = isGood(it) ? "good" : "bad";
    const last = spans.at(-1);
    if (last && it.from - last.to > dueBeforeGap * everyMs) {
      spans.push({ state: "gap", from: last.to, to: it.from, samples: 0, lastFrom: last.to });
    } else if (last?.state === state) {
      last.to = later(it.to, ms(Math.max(0, last.to - it.to)));
      last.lastFrom = it.from;
      last.samples += 1;
      continue;
    } else if (last) {
      // Tries overlap where one waits for its answer: then the change lies after the start of the last of the old state.
      if (last.to > it.from) last.to = it.from;
      if (it.from > last.to)
        spans.push({ state: "between", from: last.to, to: it.from, samples: 0, lastFrom: last.to });
    }
    spans.push({ state, from: it.from, to: it.to, samples: 1, lastFrom: it.from });
  }
  return spans.map(({ state, from, to, samples }) => ({ state, from, to, samples }));
}

/** All tries of a series in the order in which they began. */
export function triesOf(journal: Journal, series: string): Try[] {
  return recordsOf(journal, "samples")
    .filter((it) => it.series === series)
    .flatMap((it) => it.items.map(([from, to, value]) => ({ from, to, value })))
    .toSorted((a, b) => a.from - b.from);
}

/**
 * Joins spans that are too short to be seen, so that a signal that flaps a thousand times a minute stays a small picture.
 * What holds any bad is drawn bad.
 */
export function coarsened(spans: readonly Span[], shortest: number): Span[] {
  const joined: Span[] = [];
  for (const it of spans) {
    const last = joined.at(-1);
    if (last && it.to - last.from < shortest && it.state !== "gap" && last.state !== "gap") {
      const state = last.state === it.state ? it.state : "bad";
      joined[joined.length - 1] = { state, from: last.from, to: it.to, samples: last.samples + it.samples };
    } else joined.push(it);
  }
  return joined;
}

/** Of many marks those that can be told apart: of one kind none nearer than `least` to the one before. Few are left as they are. */
export function thinned<T>(
  marks: readonly T[],
  least: number,
  of: (it: T) => { at: Instant; kind: string },
): readonly T[] {
  if (marks.length <= mostMarks) return marks;
  const last = new Map<string, Instant>();
  return marks.filter((it) => {
    const { at, kind } = of(it);
    const before = last.get(kind);
    if (before !== undefined && at - before < least) return false;
    last.set(kind, at);
    return true;
  });
}

const mostMarks = 60;

export interface Step {
  readonly at: Instant;
  readonly by: number;
  readonly to: number;
}

/** Where a counter rose: by how much, and when it was first seen. A fall is a reset. */
export function stepsOf(tries: readonly Try[]): Step[] {
  return tries.flatMap((it, index) => {
    const before = tries[index - 1];
    return before && before.value !== it.value ? [{ at: it.from, by: it.value - before.value, to: it.value }] : [];
  });
}

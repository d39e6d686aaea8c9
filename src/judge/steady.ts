import type { Journal } from "../journal.ts";
import { type Condition, describeCondition, isGood, seriesOf } from "../scenario/conditions.ts";
import { type Duration, formatDuration, type Instant, instant, ms } from "../time.ts";
import { tolerable } from "./gaps.ts";
import { seriesIn, type Tick } from "./series.ts";

export type Steadiness =
  | { readonly holds: true; readonly since: Instant; readonly until: Instant }
  | {
      readonly holds: false;
      /** The condition that spoils it, how it does (bad; no samples, or none any more; good but not for long enough), and its last sample. */
      readonly wanted: string;
      readonly why: "bad" | "silent" | "too-short";
      /** `503, 12 ms ago`, for an error message. */
      readonly lastSeen: string;
    };

/**
 * Whether all conditions have held together, without a gap, for long enough up to `now`: judged from the samples' own times.
 * `since` leaves out what is older.
 */
export function steadyOf(
  journal: Journal,
  steady: { readonly conditions: readonly Condition[]; readonly for: Duration },
  now: Instant,
  since: Instant = instant(Number.NEGATIVE_INFINITY),
): Steadiness {
  const all = seriesIn(journal, steady.conditions.map(seriesOf), now);
  let start: number = Number.NEGATIVE_INFINITY;
  let until: number = now;
  let youngest: { condition: Condition; last: Tick } | undefined;

  for (const condition of steady.conditions) {
    const series = all.get(seriesOf(condition));
    const limit = series ? tolerable(series) : ms(0);
    const ticks = series?.ticks.filter((it) => it.from >= since) ?? [];
    const last = ticks.at(-1);
    const wanted = describeCondition(condition);
    if (!series || !last) return { holds: false, wanted, why: "silent", lastSeen: "no sample yet" };
    if (!isGood(condition, last.value)) return { holds: false, wanted, why: "bad", lastSeen: sayTick(last, now) };
    const heard = ticks.slice(-overlapping).reduce<number>((latest, it) => Math.max(latest, it.to), last.to);
    if (now - heard > limit)
      return { holds: false, wanted, why: "silent", lastSeen: `${sayTick(last, now)}, and nothing since` };

    let held = last;
    for (let index = ticks.length - 2; index >= 0; index--) {
      const tick = ticks[index];
      if (!tick || !isGood(condition, tick.value) || held.from - tick.to > limit) break;
      held = tick;
    }
    if (held.to > start) {
      start = held.to;
      youngest = { condition, last };
    }
    until = Math.min(until, last.from + series.every);
  }

  if (!youngest || until - start >= steady.for) return { holds: true, since: instant(start), until: instant(until) };
  return {
    holds: false,
    wanted: `${describeCondition(youngest.condition)} for ${formatDuration(steady.for)}`,
    why: "too-short",
    lastSeen: `${sayTick(youngest.last, now)}; good for ${formatDuration(ms(Math.max(0, until - start)))} by then`,
  };
}

/** Far more tries than are ever in flight together. */
const overlapping = 200;

const sayTick = (tick: Tick, now: Instant) =>
  `${tick.value}${tick.note ? ` (${tick.note})` : ""}, ${formatDuration(ms(Math.max(0, now - tick.to)))} ago`;

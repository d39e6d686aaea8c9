import type { Journal } from "../journal.ts";
import { type Condition, describeCondition, sayValue, seriesOf } from "../scenario/conditions.ts";
import { type Duration, formatDuration, type Instant, instant, ms } from "../time.ts";
import { tolerable } from "./gaps.ts";
import { judgedFor, lastDone, seriesIn, type Tick } from "./series.ts";

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
  const done = lastDone(journal);
  let start: number = Number.NEGATIVE_INFINITY;
  let until: number = now;
  let youngest: { condition: Condition; last: Tick } | undefined;

  for (const condition of steady.conditions) {
    const found = all.get(seriesOf(condition));
    const series = found && judgedFor(condition, found, done);
    const limit = series ? tolerable(series) : ms(0);
    const ticks = series?.ticks.filter((it) => it.from >= since) ?? [];
    const last = ticks.at(-1);
    const wanted = describeCondition(condition);
    if (!series || !last) return { holds: false, wanted, why: "silent", lastSeen: "no sample yet" };
    const seen = (tick: Tick) => sayTick(condition, tick, now);
    if (!last.good) return { holds: false, wanted, why: "bad", lastSeen: seen(last) };
    const heard = ticks.slice(-overlapping).reduce<number>((latest, it) => Math.max(latest, it.to), last.to);
    if (now - heard > limit)
      return { holds: false, wanted, why: "silent", lastSeen: `${seen(last)}, and nothing since` };

    let held = last;
    for (let index = ticks.length - 2; index >= 0; index--) {
      const tick = ticks[index];
      if (!tick?.good || held.from - tick.to > limit) break;
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
    lastSeen: `${sayTick(youngest.condition, youngest.last, now)}; good for ${formatDuration(ms(Math.max(0, until - start)))} by then`,
  };
}

/** Far more tries than are ever in flight together. */
const overlapping = 200;

const sayTick = (condition: Condition, tick: Tick, now: Instant) =>
  `${sayValue(condition, tick.value)}${tick.note ? ` (${tick.note})` : ""}, ${formatDuration(ms(Math.max(0, now - tick.to)))} ago`;

import { type Instant, instant, moment } from "../time.ts";
import type { Outage } from "./judgement.ts";
import type { Tick } from "./series.ts";

/** An outage by the samples that bound it. */
export interface SeenOutage {
  /** Absent if no good sample came before. */
  readonly lastGood?: Tick;
  readonly firstBad: Tick;
  readonly lastBad: Tick;
  /** Absent while it lasts. */
  readonly firstGood?: Tick;
}

/**
 * The outages seen in one sampled series. The samples are ordered by their start: a straggler that started before the first
 * lasting good one and ended, bad, after it does not open the outage again.
 *
 * Exchanges overlap, and each shows only what was at some moment within it. So a good one bounds an outage only if it was
 * certainly after it (it began when a bad one had ended) or certainly before it (it had ended when the first bad one began).
 */
export function seenOutages<T extends Tick>(ticks: readonly T[], good: (tick: T) => boolean): SeenOutage[] {
  const outages: SeenOutage[] = [];
  const goods: Tick[] = [];
  let open: { firstBad: Tick; lastBad: Tick; lastGood?: Tick; badBy: Instant } | undefined;
  for (const tick of ticks) {
    if (!good(tick)) {
      if (open) open = { ...open, lastBad: tick, badBy: instant(Math.min(open.badBy, tick.to)) };
      else {
        const lastGood = goods.findLast((it) => it.to <= tick.from);
        open = { firstBad: tick, lastBad: tick, badBy: tick.to, ...(lastGood ? { lastGood } : {}) };
      }
      continue;
    }
    goods.push(tick);
    if (!open || tick.from < open.badBy) continue;
    outages.push(closed(open, tick));
    open = undefined;
  }
  if (open) outages.push(closed(open));
  return outages;
}

function closed({ badBy: _, ...outage }: SeenOutage & { badBy: Instant }, firstGood?: Tick): SeenOutage {
  return firstGood ? { ...outage, firstGood } : outage;
}

/** Began in (start of last good, end of first bad], ended in (start of last bad, end of first good]. */
export function toOutage(
  { lastGood, firstBad, lastBad, firstGood }: SeenOutage,
  series: string,
  sayValue: (value: number) => string = String,
): Outage {
  const seqs = [...new Set([lastGood, firstBad, lastBad, firstGood].flatMap((it) => (it ? [it.seq] : [])))];
  const say = (tick: Tick) => `${sayValue(tick.value)}${tick.note ? ` (${tick.note})` : ""}`;
  const text = firstGood
    ? `${series} was ${say(firstBad)}, and ${say(firstGood)} again`
    : `${series} was ${say(firstBad)}, last ${say(lastBad)}`;
  return {
    // With no good sample before it, all that is known is that it began after the trial did.
    began: moment(lastGood?.from ?? Math.min(0, firstBad.from), firstBad.to),
    ...(firstGood ? { ended: moment(lastBad.from, firstGood.to) } : {}),
    evidence: { text, seqs },
  };
}

/** Whether an outage reaches into the time from `origin` on. */
export const reaches = (outage: SeenOutage, origin: Instant) =>
  outage.firstGood === undefined || outage.lastBad.to >= origin || outage.firstGood.from >= origin;

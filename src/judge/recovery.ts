import { type Duration, type Instant, instant, later, type Moment, moment } from "../time.ts";
import type { SeenOutage } from "./outage.ts";
import type { Series } from "./series.ts";

/** One recovery condition: its series and the outages seen in it. */
export interface Signal {
  readonly series: Series;
  readonly outages: readonly SeenOutage[];
}

export type Recovery =
  /** No condition ever looked bad. */
  | { readonly state: "no-outage" }
  /** At least one condition is bad at the end. */
  | { readonly state: "down" }
  /** All are good at the end, but not yet for long enough. */
  | { readonly state: "holding"; readonly at: Moment }
  /** All held together, and kept holding until `stableUntil`. `bounds` are the outages that gave the moment. */
  | {
      readonly state: "recovered";
      readonly at: Moment;
      readonly stableUntil: Instant;
      readonly bounds: readonly { readonly signal: Signal; readonly outage: SeenOutage }[];
    };

/**
 * The first moment from which all conditions hold together and keep holding for `stableFor`: the elementwise maximum over them
 * of (start of last bad, end of first good]. A condition that goes bad inside the window moves the search to after its outage.
 * One that has not looked bad yet gives no bound, but must hold like the others. The window is complete once every sample that
 * was due in it is there. It does not begin before `notBefore`.
 */
export function recoveryOf(
  signals: readonly Signal[],
  stableFor: Duration,
  notBefore: number = Number.NEGATIVE_INFINITY,
): Recovery {
  const passed = signals.map(() => 0);
  const first = signals
    .map((it, index) => ({ index, at: it.outages[0]?.firstBad.from }))
    .filter((it): it is { index: number; at: Instant } => it.at !== undefined)
    .sort((a, b) => a.at - b.at)[0];
  if (!first) return { state: "no-outage" };
  passed[first.index] = 1;

  for (;;) {
    let earliest = Number.NEGATIVE_INFINITY;
    let latest = Number.NEGATIVE_INFINITY;
    const bounds: { signal: Signal; outage: SeenOutage }[] = [];
    for (const [index, signal] of signals.entries()) {
      const outage = signal.outages[(passed[index] ?? 0) - 1];
      if (!outage) continue;
      if (!outage.firstGood) return { state: "down" };
      earliest = Math.max(earliest, outage.lastBad.from);
      latest = Math.max(latest, outage.firstGood.to);
      bounds.push({ signal, outage });
    }
    const at = moment(earliest, latest);
    const stableUntil = later(instant(Math.max(at.latest, notBefore)), stableFor);
    let spoilt = false;
    for (const [index, signal] of signals.entries()) {
      const next = signal.outages[passed[index] ?? 0];
      if (!next || next.firstBad.from > stableUntil) continue;
      passed[index] = (passed[index] ?? 0) + 1;
      spoilt = true;
    }
    if (spoilt) continue;
    const complete = signals.every(({ series: { ticks, every } }) => {
      const last = ticks.at(-1);
      return last !== undefined && last.from + every >= stableUntil;
    });
    return complete ? { state: "recovered", at, stableUntil, bounds } : { state: "holding", at };
  }
}

/**
 * Whether an outage can be this act's: its first good sample started after the origin, it did not end before the fault bit,
 * and it was seen after the origin, unless the act begins in the middle of it (`inProgress`).
 */
export function countsFor(
  outage: SeenOutage,
  { origin, bitten, inProgress }: { origin: Moment; bitten: Moment | undefined; inProgress: boolean },
): boolean {
  const { firstGood, lastBad } = outage;
  if (!inProgress && lastBad.to < origin.earliest) return false;
  if (!firstGood) return true;
  return firstGood.from >= origin.earliest && (bitten === undefined || firstGood.to > bitten.earliest);
}

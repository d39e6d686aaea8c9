import { slowness, stretched } from "../limit.ts";
import { ms, seconds } from "../time.ts";
import type { Probe } from "./probe/probe.ts";
import type { ObserverTools } from "./series.ts";

/** Tried this often: the recovery time of what is probed is known to about this much. */
const usualPace = ms(10);
const usualLimit = seconds(1);
const maxInFlight = 32;

export interface WatchedAddress {
  readonly id: string;
  readonly url: string;
  readonly body?: string;
}

/**
 * Watches addresses through the probe; each is a series whose samples are its tries. On a slow machine they share the tries that one has
 * elsewhere, as looking at each that often would be all that it does.
 */
export function observeProbe(probe: Probe, addresses: readonly WatchedAddress[], tools: ObserverTools): void {
  const { journal, clock, changed, until } = tools;
  const pace = slowness() > 1 ? ms(usualPace * addresses.length) : usualPace;
  const [everyMs, timeoutMs] = [stretched(pace), stretched(usualLimit)];
  journal.write({ kind: "clock", source: "probe", ...probe.clock });
  for (const { id, url, body } of addresses) {
    journal.write({ kind: "series", id, observer: "probe", everyMs });
    probe.watch(
      url,
      { everyMs, timeoutMs, maxInFlight, ...(body === undefined ? {} : { body }) },
      (tries) => {
        journal.write({
          kind: "samples",
          series: id,
          items: tries.map(({ from, to, status, note }) => {
            const span = [clock.at(from), clock.at(to), status] as const;
            return note === undefined ? [...span] : [...span, note];
          }),
        });
        changed();
      },
      until,
    );
  }
}

import { slowness, stretched } from "../limit.ts";
import { type Duration, ms, seconds } from "../time.ts";
import type { Probe } from "./probe/probe.ts";
import { finestPace } from "./probe-pace.ts";
import type { ObserverTools } from "./series.ts";

const usualLimit = seconds(1);
const maxInFlight = 32;

export interface WatchedAddress {
  readonly id: string;
  readonly url: string;
  readonly body?: string;
  /** How often it is tried: the recovery time of what is probed is known to about this much. */
  readonly every: Duration;
}

/**
 * Watches addresses through the probe; each is a series whose samples are its tries. On a slow machine they share the tries that one has
 * elsewhere, as looking at each that often would be all that it does.
 */
export function observeProbe(probe: Probe, addresses: readonly WatchedAddress[], tools: ObserverTools): void {
  const { journal, clock, changed, until } = tools;
  // As a multiple of one address at the finest pace.
  const wanted = addresses.reduce((sum, { every }) => sum + finestPace / every, 0);
  const sharing = slowness() > 1 ? Math.max(1, wanted) : 1;
  const timeoutMs = stretched(usualLimit);
  journal.write({ kind: "clock", source: "probe", ...probe.clock });
  for (const { id, url, body, every } of addresses) {
    const everyMs = stretched(ms(every * sharing));
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

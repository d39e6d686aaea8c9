import { setTimeout as sleep } from "node:timers/promises";
import { type HostSpan, hostNow, hostOfWall, wallReadingUncertaintyMs } from "../clock.ts";
import { stretched } from "../limit.ts";
import { type ClockExchange, type ClockMap, mapClock, toHost } from "../stack/helper-clock.ts";
import { seconds } from "../time.ts";

/** A wall clock by which others tell times, and how it maps to the host's monotonic clock at present. */
export interface WallClock {
  readonly sameKernel: boolean;
  /** By how much it is ahead of this machine's wall clock. */
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly method: string;
  toHost(unixMs: number): HostSpan;
}

/** This kernel's own. `moreMs`: what is uncertain about the times that are told by it. */
export function sameWall(moreMs = 0): WallClock {
  const uncertaintyMs = wallReadingUncertaintyMs + moreMs;
  return {
    sameKernel: true,
    offsetMs: 0,
    uncertaintyMs,
    method: "same kernel (equal boot_id)",
    toHost(unixMs) {
      const host = hostOfWall(unixMs);
      return { from: host - uncertaintyMs, to: host + uncertaintyMs };
    },
  };
}

export interface Reading {
  /** What the other clock says, ms since 1970; undefined while nobody answers. */
  readonly ask: () => Promise<number | undefined>;
  /** How it is read, for people. */
  readonly method: string;
  readonly moreMs?: number;
  readonly until: AbortSignal;
}

/** Of so many the one with the shortest round trip counts. */
const exchanges = 5;
/** Two machines' clocks drift apart, and either may be set. */
const every = seconds(5);
const retryMs = 100;

/** Another kernel's: compared with the host's monotonic clock, which nobody sets, and again every few seconds until the observation ends. */
export class OtherWall implements WallClock {
  readonly sameKernel = false;
  readonly method: string;
  readonly #moreMs: number;
  #map: ClockMap;

  private constructor({ method, moreMs = 0 }: Reading, map: ClockMap) {
    this.method = method;
    this.#moreMs = wallReadingUncertaintyMs + moreMs;
    this.#map = map;
  }

  /** Undefined if nobody answers before the end. */
  static async compared(reading: Reading): Promise<OtherWall | undefined> {
    const map = await compare(reading);
    if (!map) return undefined;
    const clock = new OtherWall(reading, map);
    void clock.#keepComparing(reading);
    return clock;
  }

  get offsetMs(): number {
    return hostOfWall(0) - this.#map.offsetMs;
  }

  get uncertaintyMs(): number {
    return this.#map.uncertaintyMs + this.#moreMs;
  }

  toHost(unixMs: number): HostSpan {
    return toHost({ ...this.#map, uncertaintyMs: this.uncertaintyMs }, unixMs, unixMs);
  }

  async #keepComparing(reading: Reading): Promise<void> {
    const { until } = reading;
    while (!until.aborted) {
      await sleep(stretched(every), undefined, { signal: until, ref: false }).catch(() => undefined);
      // Whoever cannot be asked is missed by those who look, and says so there.
      this.#map = (await compare(reading).catch(() => undefined)) ?? this.#map;
    }
  }
}

/** Asks until there is an answer, as whoever is asked may still be starting. */
async function compare({ ask, until }: Reading): Promise<ClockMap | undefined> {
  const taken: ClockExchange[] = [];
  while (taken.length < exchanges) {
    if (until.aborted) return undefined;
    const sent = hostNow();
    const other = await ask();
    if (other === undefined) await sleep(retryMs, undefined, { signal: until }).catch(() => undefined);
    else taken.push({ sent, other, answered: hostNow() });
  }
  return mapClock(taken, false, stretched(every));
}

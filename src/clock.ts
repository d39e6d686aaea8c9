import { type Instant, instant, type Moment, moment } from "./time.ts";

/** The kernel's monotonic clock in milliseconds, as every process on this kernel reads it (CLOCK_MONOTONIC). */
export function hostNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A span on the host's monotonic clock, ms, its uncertainty included. What observers and faults hand over. */
export interface HostSpan {
  readonly from: number;
  readonly to: number;
}

/** From before something is done until after it. */
export async function spanOf(done: () => Promise<unknown>): Promise<HostSpan> {
  const from = hostNow();
  await done();
  return { from, to: hostNow() };
}

/** Finer than anything we can tell apart; more digits would only fill the journal. */
const toMicroseconds = (value: number) => Math.round(value * 1000) / 1000;

/** One trial's clock: instants are host monotonic time minus the trial's origin. */
export class TrialClock {
  readonly originHost: number = hostNow();
  /** The wall clock at the origin; a label only. */
  readonly originWall: Date = new Date();

  now(): Instant {
    return this.at(hostNow());
  }

  at(host: number): Instant {
    return instant(toMicroseconds(host - this.originHost));
  }

  span({ from, to }: HostSpan): Moment {
    return moment(toMicroseconds(from - this.originHost), toMicroseconds(to - this.originHost));
  }
}

/** Reading the two clocks one after the other, and Date's whole milliseconds. */
export const wallReadingUncertaintyMs = 1;

/** Who is put aside by the scheduler between the two readings reads them again; so often it does not happen. */
const mostReadings = 10;

/** Maps a wall-clock time of this kernel to host monotonic time, by reading both clocks now (so that a stepped wall clock is followed). */
export function hostOfWall(unixMs: number): number {
  let best = { apart: Number.POSITIVE_INFINITY, host: 0 };
  for (let i = 0; i < mostReadings && best.apart > wallReadingUncertaintyMs / 10; i++) {
    const before = hostNow();
    const wall = Date.now();
    const after = hostNow();
    if (after - before < best.apart) best = { apart: after - before, host: unixMs - wall + (before + after) / 2 };
  }
  return best.host;
}

import { readFileSync } from "node:fs";
import type { HostSpan } from "../clock.ts";

/** How another process' monotonic clock maps to the host's: host = other + offset, give or take the uncertainty. */
export interface ClockMap {
  readonly sameKernel: boolean;
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly method: string;
}

/** A question and its answer: the other clock was read somewhere between the host's two readings. */
export interface ClockExchange {
  readonly sent: number;
  readonly other: number;
  readonly answered: number;
}

/** The two clocks of different machines drift apart between two synchronisations; this much at most, generously. */
const driftPerMs = 100e-6;

/**
 * One kernel has one monotonic clock. We still look whether the exchanges agree (a time namespace would shift it), and
 * fall back to the shortest exchange: the other clock was read in its middle, give or take half of it.
 */
export function mapClock(exchanges: readonly ClockExchange[], sameBoot: boolean, validForMs: number): ClockMap {
  const agrees = exchanges.every(({ sent, other, answered }) => sent <= other && other <= answered);
  if (sameBoot && agrees)
    return { sameKernel: true, offsetMs: 0, uncertaintyMs: 0, method: "the same kernel: equal boot_id" };
  const shortest = exchanges.toSorted((a, b) => tripOf(a) - tripOf(b))[0];
  if (!shortest) throw new Error("no exchange to map a clock by");
  const trip = tripOf(shortest);
  return {
    sameKernel: false,
    offsetMs: (shortest.sent + shortest.answered) / 2 - shortest.other,
    uncertaintyMs: trip / 2 + validForMs * driftPerMs,
    method: `the shortest of ${exchanges.length} exchanges: ${trip.toFixed(2)} ms`,
  };
}

const tripOf = ({ sent, answered }: ClockExchange): number => answered - sent;

/** A span of the other clock on the host's, wider by the uncertainty at both ends. */
export function toHost({ offsetMs, uncertaintyMs }: ClockMap, from: number, to: number): HostSpan {
  return { from: from + offsetMs - uncertaintyMs, to: to + offsetMs + uncertaintyMs };
}

/** Names this boot of this kernel; undefined where there is no such thing (macOS, Windows): containers run elsewhere there. */
export function hostBootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}

import { z } from "zod";

/** A length of time in milliseconds. Not an instant: `Duration` and `Instant` do not mix by accident. */
export type Duration = number & { readonly __unit: "duration, ms" };

/** A point in time in milliseconds since the trial's origin (monotonic; the wall clock is only a label). */
export type Instant = number & { readonly __unit: "instant, ms since the trial's origin" };

/** When something happened, as far as we know: not before `earliest`, not after `latest`. */
export interface Moment {
  readonly earliest: Instant;
  readonly latest: Instant;
}

/** How long something took, as far as we know. A recovery time is always one of these, never a bare number. */
export interface Interval {
  readonly atLeast: Duration;
  readonly atMost: Duration;
}

export const ms = (value: number): Duration => value as Duration;
export const seconds = (value: number): Duration => (value * 1000) as Duration;
export const minutes = (value: number): Duration => (value * 60_000) as Duration;
export const instant = (value: number): Instant => value as Instant;
export const moment = (earliest: number, latest: number): Moment => ({
  earliest: instant(earliest),
  latest: instant(latest),
});

/** `instant + duration`. */
export const later = (at: Instant, by: Duration): Instant => (at + by) as Instant;

/** How long from `start` to `end`: at least the gap between them, at most from the first's earliest to the last's latest. Never negative. */
export function elapsed(start: Moment, end: Moment): Interval {
  return {
    atLeast: ms(Math.max(0, end.earliest - start.latest)),
    atMost: ms(Math.max(0, end.latest - start.earliest)),
  };
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** Reads `250ms`, `1.5s`, `2m`, `1h`. Anything else, a bare number too, is undefined: durations have units. */
export function parseDuration(text: string): Duration | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const unit = match[2] as keyof typeof unitMs;
  return ms(Number(match[1]) * unitMs[unit]);
}

/** As a scenario writes it: `250ms`, `3s`, `2m`. */
export function durationText(value: Duration): string {
  const unit = (["h", "m", "s"] as const).find((it) => value >= unitMs[it] && value % unitMs[it] === 0) ?? "ms";
  return `${value / unitMs[unit]}${unit}`;
}

/** A duration as a scenario writes it (`5s`), in milliseconds once read. */
export const duration = z
  .string()
  .regex(pattern, "a duration with its unit, such as 250ms, 5s or 2m")
  .transform((text): Duration => parseDuration(text) ?? ms(0))
  .meta({ description: "A duration with its unit: 250ms, 5s, 1.5m, 1h" });

/** `4.13 s`, `250 ms`, `2 min 5 s`: at most three significant figures below a hundred seconds, the unit always there. */
export function formatDuration(value: Duration): string {
  const whole = Math.round(value);
  if (whole < 1000) return `${whole} ms`;
  if (whole < 9995) return `${(value / 1000).toFixed(2)} s`;
  if (whole < 99_950) return `${(value / 1000).toFixed(1)} s`;
  const total = Math.round(value / 1000);
  return `${Math.floor(total / 60)} min ${total % 60} s`;
}

/** `4.10 to 4.31 s`: both ends in the unit of the larger, rounded outwards so that what is printed contains what was measured. */
export function formatInterval({ atLeast, atMost }: Interval): string {
  const [unit, unitMs, digits] =
    Math.ceil(atMost) < 1000 ? ["ms", 1, 0] : Math.ceil(atMost) < 9995 ? ["s", 1000, 2] : ["s", 1000, 1];
  const scale = 10 ** digits;
  // A little slack, or 0.92 s would become 0.93 for its last binary digit.
  const low = Math.floor((atLeast / unitMs) * scale + 1e-9) / scale;
  const high = Math.ceil((atMost / unitMs) * scale - 1e-9) / scale;
  return `${low.toFixed(digits)} to ${high.toFixed(digits)} ${unit}`;
}

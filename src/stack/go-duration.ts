import { type Duration, ms } from "../time.ts";

/** Durations as Compose writes and reads them: `1m30s`. */

const units: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** 0 where it says none. */
export function parseGoDuration(text: string | undefined): Duration {
  const parts = [...(text ?? "").matchAll(/([\d.]+)(h|ms|m|s|us|µs|ns)/g)];
  return ms(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0));
}

export const goDuration = (of: Duration): string => `${Math.round(of)}ms`;

import { duration, parseDuration, seconds } from "../time.ts";

const longest = seconds(24 * 60 * 60);

/** A duration that a scenario waits for: longer than nothing, and within what a timer can count. */
export const lasting = duration.in
  .regex(/[1-9]/, "a duration longer than 0")
  .refine((text) => (parseDuration(text) ?? 0) <= longest, "longer than any trial may wait (24h)")
  .pipe(duration);

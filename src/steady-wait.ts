import { KnownError } from "./errors.ts";
import type { Steadiness } from "./judge/steady.ts";
import { type Duration, formatDuration, type Instant, ms } from "./time.ts";

export interface SteadyWait {
  readonly look: () => Steadiness;
  readonly now: () => Instant;
  /** Returns at the next change, or after at most so long. */
  readonly change: (atMost: Duration) => Promise<void>;
  readonly limit: Duration;
  /** The error's code when it is not steady within the limit. */
  readonly code: "sick-baseline" | "not-steady-again";
  /** Passes once it is steady, which must then still be so; otherwise all begins again. */
  readonly delay?: () => Promise<unknown>;
}

/** Waits for the steady state. What happens between its being seen and the fault would be taken for the fault's: hence the second look. */
export async function untilSteady({ look, now, change, limit, code, delay }: SteadyWait): Promise<void> {
  const began = now();
  for (let delayed = delay === undefined; ; ) {
    const steady = look();
    if (steady.holds && delayed) return;
    if (steady.holds) {
      await delay?.();
      delayed = true;
      continue;
    }
    delayed = delay === undefined;
    const left = ms(began + limit - now());
    if (left <= 0)
      throw new KnownError(code, `the stack was not steady within ${formatDuration(limit)}`, {
        facts: { wanted: steady.wanted, "last seen": steady.lastSeen, see: "evidence/" },
      });
    await change(left);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { hostNow } from "../clock.ts";

/** A steady pace to look at: gives when each look begins, `everyMs` after the one before it, or once that has ended. Ends with `until`. */
export async function* pace(everyMs: number, until: AbortSignal): AsyncGenerator<number, void> {
  while (!until.aborted) {
    const from = hostNow();
    yield from;
    await sleep(Math.max(0, from + everyMs - hostNow()), undefined, { signal: until }).catch(() => undefined);
  }
}

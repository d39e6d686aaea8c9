import { setTimeout as sleep } from "node:timers/promises";
import { type HostSpan, hostNow } from "../clock.ts";
import { type Duration, ms } from "../time.ts";
import type { FaultLook } from "./define.ts";

/** Looking again and again at what tells no change by itself. */

/** What a look finds out, but for when. */
export type FoundState = Pick<FaultLook, "state" | "why">;

/** When it was first seen to hold: (last look that said no, first that said yes]. Undefined if it was not within the limit. */
export async function seenWithin(
  holds: () => Promise<boolean>,
  within: Duration,
  every: Duration = ms(20),
): Promise<HostSpan | undefined> {
  const end = hostNow() + within;
  let from = hostNow();
  for (;;) {
    const looked = hostNow();
    if (await holds()) return { from, to: hostNow() };
    from = looked;
    if (hostNow() >= end) return undefined;
    await sleep(every);
  }
}

/** A state that lasts is told again this often, so that it is known to have lasted. */
const tellAgainMs = 1000;

/**
 * Tells what is found first, each change, and each second what lasts: (last look in the former state, first look in this one]. Ends
 * with the fault, or when `until` is aborted. A look that finds nothing out (the container is not up just now) tells nothing.
 */
export async function keepLooking(
  look: () => Promise<FoundState | undefined>,
  tell: (look: FaultLook) => void,
  until: AbortSignal,
  every: Duration = ms(250),
): Promise<void> {
  let from = hostNow();
  let toldAt = Number.NEGATIVE_INFINITY;
  while (!until.aborted) {
    const looked = hostNow();
    const found = await look();
    if (until.aborted) return;
    if (found && (found.state !== "in-force" || looked - toldAt >= tellAgainMs - every)) {
      tell({ ...found, when: { from, to: hostNow() } });
      toldAt = looked;
    }
    if (found && found.state !== "in-force") return;
    if (found) from = looked;
    await sleep(every, undefined, { signal: until }).catch(() => undefined);
  }
}

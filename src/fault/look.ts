import { setTimeout as sleep } from "node:timers/promises";
import { type HostSpan, hostNow } from "../clock.ts";
import type { Duration } from "../time.ts";
import type { FaultLook } from "./define.ts";

/** Looking at the engine, or asking a command, again and again: for what no hand can watch. */

const everyMs = 100;
/** A state that lasts is told again this often, so that it is known to have lasted. */
const tellAgainMs = 900;

/** When something was seen to be so: `(last look that it was not, first that it was]`; undefined if it was not within the limit. */
export async function whenSeen(look: () => Promise<boolean>, within: Duration): Promise<HostSpan | undefined> {
  const end = hostNow() + within;
  let last: number | undefined;
  for (;;) {
    const from = hostNow();
    if (await look()) return { from: last ?? from, to: hostNow() };
    last = from;
    if (hostNow() + everyMs > end) return undefined;
    await sleep(everyMs);
  }
}

/** Tells the state found first, each change, and each second what lasts, until it is no longer in force or `until` is aborted. */
export async function keepLooking(
  look: () => Promise<Pick<FaultLook, "state" | "why">>,
  tell: (look: FaultLook) => void,
  until: AbortSignal,
): Promise<void> {
  let last: { readonly state: FaultLook["state"]; readonly from: number } | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  while (!until.aborted) {
    const from = hostNow();
    const { state, why } = await look();
    if (until.aborted) return;
    if (state !== last?.state || from - toldAt >= tellAgainMs) {
      tell({ state, why, when: { from: last?.from ?? from, to: hostNow() } });
      toldAt = from;
    }
    if (state !== "in-force") return;
    last = { state, from };
    await sleep(everyMs, undefined, { signal: until }).catch(() => undefined);
  }
}

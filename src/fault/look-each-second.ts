import { setTimeout as sleep } from "node:timers/promises";
import type { FaultLook } from "./define.ts";

const everyMs = 1000;

/**
 * Looks each second, and tells, until the fault is in force no longer or `until` is aborted. A look that can say nothing (undefined) is
 * not told: a fault that nobody saw for a while is not shown to have been in force.
 */
export async function lookEachSecond(
  look: () => Promise<FaultLook | undefined>,
  tell: (look: FaultLook) => void,
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    const seen = await look();
    if (until.aborted) return;
    if (seen) tell(seen);
    if (seen && seen.state !== "in-force") return;
    await sleep(everyMs, undefined, { signal: until }).catch(() => undefined);
  }
}

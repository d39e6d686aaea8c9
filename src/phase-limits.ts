import type { AnyFault } from "./fault/define.ts";
import { engineLimit } from "./limit.ts";
import { abandonLimit } from "./stack/containers.ts";
import { helperStartLimit } from "./stack/helper-process.ts";
import { removalLimit } from "./stack/remove.ts";
import { stopLimit } from "./stack/stopping.ts";
import { type Duration, minutes, ms, seconds } from "./time.ts";

/**
 * How long the phases of a trial may take, for whatever hangs. Each is longer than the limits of all that the phase waits for: a part's own
 * error says more, and what is given up while it is at work may still take effect, after its undo even.
 */

/** For one more request to the engine, and for our own work on a busy machine. */
export const overrun = ms(engineLimit + seconds(30));

/** So long a machine may take to boot, and its engine to answer; without a hypervisor that takes minutes. */
export const bootLimit = minutes(10);
/** The probe is started, and the engine asked for its clock. */
export const attachLimit = ms(helperStartLimit + overrun);

/** Logs and states: containers are listed, then looked at. */
export const evidenceLimit = ms(engineLimit + overrun);
export const downLimit = ms(removalLimit + overrun);

/** A stack that does not come up within `start` is saved, given up and removed; the lab's machine may first be put back, or be kept as it then is. */
export const upLimit = (start: Duration, inLab: boolean) =>
  ms(start + evidenceLimit + abandonLimit + downLimit + (inLab ? 3 * bootLimit : 0));

/** So long a fault may take to bite. */
export const witnessLimit = seconds(5);

/** Of what several faults do, or undo, nothing is waited for longer than for a stop through the engine. */
const longestPart = stopLimit;
/** Its service manager is waited for, then the engine itself; then the observers are attached anew. */
const engineIsAway = ms(2 * bootLimit + attachLimit);

/** Faults are injected side by side, and undone one after the other, before the healer that was off is switched on. */
export function limitsOf(faults: readonly Pick<AnyFault, "takesEngine">[]) {
  const away = faults.some((it) => it.takesEngine) ? engineIsAway : 0;
  return {
    inject: ms(longestPart + away + overrun),
    witness: ms(witnessLimit + overrun),
    undo: ms((faults.length + 1) * longestPart + away + overrun),
  };
}

import type { Act, TrialPlan } from "./plan.ts";
import { type Duration, ms, seconds } from "./time.ts";

/** Which acts of a trial want the machine for themselves while they are watched, and which leave it to others. */

/**
 * What is watched for longer is so at real timing, where a stack takes next to nothing and the seconds that another one's start may cost
 * make no difference.
 */
const longestTimed = seconds(60);
/** Who only waits for longer than this has the next stack started meanwhile. */
const shortWait = seconds(25);

/** When the last of its faults is over that has a time of its own, counted from the first. */
const faultsOver = ({ faults }: Act): Duration => ms(Math.max(0, ...faults.map((it) => it.at + (it.for ?? 0))));

/** Whether something good is to be seen, so that it must be quiet until it was: not where none is expected, or the stack is broken on purpose. */
export const isTimed = ({ variant }: Pick<TrialPlan, "variant">, act: Act): boolean =>
  act.expect === "recovered" && variant === undefined && beginsInSilence(act);

/**
 * Whether an act's steady state and its injection are to be quiet, whatever is expected of it: an app that heals nothing by itself is
 * lost to the first limit that the load of a start makes it miss.
 */
export const beginsInSilence = (act: Act): boolean =>
  act.recovery.within + (act.recovery.measuredFrom === "fault-end" ? faultsOver(act) : 0) <= longestTimed;

/** Whether an act only waits, and for so long that another stack may come up meanwhile. */
export const leavesRoom = (plan: Pick<TrialPlan, "variant">, act: Act): boolean =>
  !isTimed(plan, act) && faultsOver(act) + act.recovery.patience > shortWait;

import type { TrialPlan } from "../plan.ts";
import { type Condition, readingOf } from "../scenario/conditions.ts";
import { type Duration, ms } from "../time.ts";

/** What must not be missed, however short, is looked for this often: a hundred times a second. */
export const finestPace = ms(10);
/** Rarer than this, the probe would save nothing worth having. */
const coarsest = ms(50);
/**
 * A recovery time is known to a two-hundredth of its budget: what is tried more often than that loads the stack, and tells nobody more. A
 * readiness check that asks the database costs it a process each time, while that lets nobody in: 100 a second took a core.
 */
const triesInBudget = 200;

const inBudget = (budget: Duration): Duration => ms(Math.min(coarsest, Math.max(finestPace, budget / triesInBudget)));

/**
 * How often the address of each probed series is to be tried. What must recover, or come to be while the fault lasts: as finely as its
 * budget wants; what must not happen, or must stay as it is: as finely as a probe can; what need only be steady: as coarsely. Of several
 * the finest.
 */
export function probePaces({ steady, acts }: Pick<TrialPlan, "steady" | "acts">): (series: string) => Duration {
  const paces = new Map<string, Duration>();
  const want = (conditions: readonly Condition[], every: Duration) => {
    for (const { series, watch } of conditions.map(readingOf))
      if (watch.by === "probe") paces.set(series, ms(Math.min(every, paces.get(series) ?? every)));
  };
  want(steady.conditions, coarsest);
  for (const { goal, recovery, during, never } of acts) {
    want(recovery.when, goal === "holds" ? finestPace : inBudget(recovery.within));
    for (const { condition, within } of during) want([condition], inBudget(within));
    want(never, finestPace);
  }
  return (series) => paces.get(series) ?? coarsest;
}

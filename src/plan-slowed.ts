import type { TrialPlan } from "./plan.ts";
import { type Duration, ms } from "./time.ts";

/**
 * A plan for a machine that is slower than those that its budgets are for, `by` so many times: whatever the stack is given time for takes
 * longer there. What we do to it, and how long it must then stay well, is as it was.
 */
export function slowed(plan: TrialPlan, by: number): TrialPlan {
  if (by === 1) return plan;
  const longer = (duration: Duration) => ms(Math.round(duration * by));
  return {
    ...plan,
    slowedBy: by,
    steady: { ...plan.steady, within: longer(plan.steady.within) },
    ...(plan.ledger ? { ledger: { ...plan.ledger, within: longer(plan.ledger.within) } } : {}),
    acts: plan.acts.map(({ during, recovery, ...act }) => ({
      ...act,
      during: during.map((it) => ({ ...it, within: longer(it.within) })),
      recovery: {
        ...recovery,
        within: longer(recovery.within),
        // Beyond the budget it is for what must stay so, which takes no longer.
        patience: longer(recovery.patience),
        corroboratedBy: recovery.corroboratedBy.map((it) => ({ ...it, within: longer(it.within) })),
      },
    })),
  };
}

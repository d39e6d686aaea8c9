import { expect, test } from "vitest";
import { actOf, planOf } from "./judge/testing/journal-builder.ts";
import { slowed } from "./plan-slowed.ts";
import { seconds } from "./time.ts";

const plan = planOf([actOf()], {
  ledger: { service: "ledger", check: ["ledger", "check"], within: seconds(10) },
});

test("what the stack is given time for takes longer, what we do and how long it must last does not", () => {
  const [act, was] = [slowed(plan, 4).acts[0], plan.acts[0]];
  expect(act?.recovery.within).toBe(4 * (was?.recovery.within ?? 0));
  expect(act?.recovery.patience).toBe(4 * (was?.recovery.patience ?? 0));
  expect(act?.recovery.stableFor).toBe(was?.recovery.stableFor);
  expect(act?.faults).toEqual(was?.faults);
  expect(slowed(plan, 4).steady).toEqual({ ...plan.steady, within: 4 * plan.steady.within });
  expect(slowed(plan, 4).ledger?.within).toBe(40_000);
});

test("by how much it was slowed is in the plan", () => {
  expect(slowed(plan, 4).slowedBy).toBe(4);
});

test("durations stay whole milliseconds", () => {
  expect(slowed(plan, 1 / 3).ledger?.within).toBe(3333);
});

test("as fast as usual it is the same plan", () => {
  expect(slowed(plan, 1)).toEqual(plan);
});

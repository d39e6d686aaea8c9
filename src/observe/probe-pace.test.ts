import { expect, test } from "vitest";
import { actOf, planOf, probeOfApp } from "../judge/testing/journal-builder.ts";
import type { Act } from "../plan.ts";
import { type Condition, seriesOf } from "../scenario/conditions.ts";
import { type Duration, minutes, ms, seconds } from "../time.ts";
import { probePaces } from "./probe-pace.ts";

const orders: Condition = { probe: "http://app:8080/orders" };
const app = seriesOf(probeOfApp);
const recoversWithin = (within: Duration, over: Partial<Omit<Act, "recovery">> = {}) =>
  actOf({ ...over, recovery: { when: [probeOfApp], within } });
const paceOf = (acts: Act[], series = app, steady: Condition[] = []) =>
  probePaces(planOf(acts, { steady: { for: ms(1), within: ms(1), conditions: steady } }))(series);

test.each([
  [seconds(2), 10],
  [seconds(5), 25],
  [seconds(10), 50],
  [minutes(2), 50],
])("what must recover within %d ms is tried every %d ms", (budget, every) => {
  expect(paceOf([recoversWithin(budget)])).toBe(every);
});

test("of several budgets the shortest counts", () => {
  const acts = [recoversWithin(seconds(20)), recoversWithin(seconds(4), { id: "afterwards" })];
  expect(paceOf(acts)).toBe(20);
});

test.each([
  [seconds(2), 10],
  [seconds(5), 25],
  [minutes(2), 50],
])("what must come to be within %d ms while the fault lasts is tried every %d ms", (budget, every) => {
  const during = [recoversWithin(minutes(1), { during: [{ condition: orders, within: budget }] })];
  expect(paceOf(during, seriesOf(orders))).toBe(every);
});

test("what must not happen at any moment, and what must stay as it is, is tried as often as a probe can", () => {
  const never = [recoversWithin(minutes(1), { never: [orders] })];
  expect(paceOf(never, seriesOf(orders))).toBe(10);
  expect(paceOf(never)).toBe(50);
  expect(paceOf([recoversWithin(minutes(1), { goal: "holds" })])).toBe(10);
});

test("what need only be steady is tried seldom, unless it must recover, too", () => {
  expect(paceOf([recoversWithin(seconds(5))], seriesOf(orders), [orders])).toBe(50);
  expect(paceOf([recoversWithin(seconds(5))], app, [probeOfApp])).toBe(25);
});

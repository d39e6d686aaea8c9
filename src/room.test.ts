import { expect, test } from "vitest";
import { actOf } from "./judge/testing/journal-builder.ts";
import type { Act } from "./plan.ts";
import { beginsInSilence, isTimed, leavesRoom } from "./room.ts";
import { seconds } from "./time.ts";

const claim = {};
const hang = (lasts: number): Act["faults"] => [
  { kind: "hang", params: { service: "app" }, at: seconds(0), for: seconds(lasts) },
];

test.each<[string, Act, boolean]>([
  ["a recovery in seconds", actOf(), true],
  ["one in minutes, at real timing", actOf({ recovery: { within: seconds(130) } }), false],
  [
    "one in seconds, counted from the end of a fault that lasts for minutes",
    actOf({ faults: hang(120), recovery: { within: seconds(15), measuredFrom: "fault-end" } }),
    false,
  ],
  ["one in seconds, while the fault lasts for minutes", actOf({ faults: hang(120) }), true],
  ["a control that is not to recover", actOf({ expect: "never-recovered" }), false],
  ["what is to stay as it is", actOf({ goal: "holds" }), true],
])("%s is watched in silence: %#", (_, act, silent) => {
  expect(isTimed(claim, act)).toBe(silent);
});

test.each<[string, Act, boolean]>([
  ["a recovery", actOf(), true],
  ["a control", actOf({ expect: "never-recovered" }), true],
  ["what is to stay as it is", actOf({ goal: "holds" }), true],
  ["one at real timing", actOf({ expect: "never-recovered", recovery: { within: seconds(130) } }), false],
])("%s begins in silence, where it takes seconds: %#", (_, act, silent) => {
  expect(beginsInSilence(act)).toBe(silent);
});

test("against a stack that is broken on purpose nothing is watched in silence", () => {
  expect(isTimed({ variant: "watchdog-blind" }, actOf())).toBe(false);
});

test.each<[string, Act, boolean]>([
  ["a control of seconds", actOf({ expect: "never-recovered" }), false],
  ["a control of half a minute", actOf({ expect: "never-recovered", recovery: { patience: seconds(30) } }), true],
  ["one whose fault lasts so long", actOf({ expect: "never-recovered", faults: hang(20) }), true],
  ["whatever is watched in silence, however long", actOf({ recovery: { patience: seconds(100) } }), false],
])("%s leaves room for the next stack: %#", (_, act, leaves) => {
  expect(leavesRoom(claim, act)).toBe(leaves);
});

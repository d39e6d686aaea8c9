import { expect, test } from "vitest";
import { judgeScenario } from "../judge/scenario.ts";
import { actOf, policyRestart, type Story, sampled, tell } from "../judge/testing/journal-builder.ts";
import { judgeTrial } from "../judge/trial.ts";
import { ms } from "../time.ts";
import { claimedText, controlShort } from "./words.ts";

const message = "messages";
const called = (at: number | undefined) =>
  sampled(message, "probe", { every: 250, takes: 5, from: 100, to: 16_300 }, (now) =>
    at !== undefined && now >= at ? 1 : 0,
  );
const act = (goal: "escalation" | "holds") =>
  actOf({
    goal,
    expect: "never-recovered",
    recovery: { healedBy: "nobody", when: [{ metric: message, atLeast: 1 }], patience: ms(10_000) },
  });
const control: NonNullable<Story["plan"]> = {
  id: "app-crash/given-it-is-otherwise",
  control: { given: "it is otherwise", stop: [] },
};

test.each([
  ["escalation", undefined, "nobody called", "never-escalated"],
  ["escalation", 7000, "called all the same", "never-escalated"],
  ["holds", undefined, "did not stay so", "never-held"],
  ["holds", 7000, "stayed so all the same", "never-held"],
] as const)("a control of %s in which it comes at %s is told as: %s", (goal, at, told, claimed) => {
  const judged = judgeTrial(tell({ act: act(goal), plan: control, until: 16_000, and: called(at) }));
  expect(controlShort(judgeScenario(judgeTrial(tell()), [judged]))).toBe(told);
  expect(judged.acts.map(claimedText)).toEqual([claimed]);
});

test("a control in which another heals, as it must, names that healer; one in which any does is said to have come back", () => {
  const heals = { expect: "recovered", recovery: { healedBy: "restart-policy" } } as const;
  const other = judgeTrial(tell({ act: actOf(heals), plan: control, and: policyRestart() }));
  expect(controlShort(judgeScenario(judgeTrial(tell()), [other]))).toBe("healed by the restart policy");
  const wrong = judgeTrial(tell({ act: actOf({ expect: "never-recovered" }), plan: control }));
  expect(controlShort(judgeScenario(judgeTrial(tell()), [wrong]))).toBe("came back");
});

import { describe, expect, test } from "vitest";
import { judgeScenario } from "../judge/scenario.ts";
import {
  actOf,
  type Learned,
  policyRestart,
  type Story,
  sampled,
  span,
  tell,
} from "../judge/testing/journal-builder.ts";
import { judgeTrial } from "../judge/trial.ts";
import { controlTitle } from "../judge/words.ts";
import type { Act, TrialPlan } from "../plan.ts";
import { ms } from "../time.ts";
import { junitXml } from "./junit.ts";
import { reportHtml } from "./page.ts";
import { parseRunRecord, runJson } from "./run-json.ts";
import { sampleRun } from "./testing/sample-runs.ts";
import { claimedText, controlSentence, controlShort, reasonMeaning, scenarioVerdictText } from "./words.ts";

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

/** What the ledger found of 40 operations, once all was over. */
const asked = (lost: string[]): Learned => ({
  at: 12_250,
  fact: {
    kind: "ledger",
    when: span(12_210, 12_250),
    acknowledged: 40,
    present: 40 - lost.length,
    lost,
    doubled: [],
    indeterminate: { present: 0, absent: 0 },
  },
});

test("a recovery that lost what was acknowledged is told as one", () => {
  const ledger = { service: "ledger", check: ["check"], within: ms(1000) };
  const told = (lost: string[]) =>
    scenarioVerdictText(
      judgeScenario(judgeTrial(tell({ plan: { ledger }, and: [...policyRestart(), asked(lost)] })), []),
    );
  expect(told(["a"])).toBe("recovered, data lost");
  expect(told([])).toBe("recovered");
});

test.each(["not-steady-again", "ledger-unchecked"] as const)(
  "a recovery that is doubted all the same is told as %s, wherever it is told",
  (doubt) => {
    const and: Learned[] = [
      ...policyRestart(),
      { at: 12_300, fact: { kind: "error", code: doubt, message: "503 for 30 s", facts: {} } },
    ];
    const scenario = judgeScenario(judgeTrial(tell({ end: "failed", and })), []);
    expect(scenarioVerdictText(scenario)).toBe(`inconclusive: ${doubt}`);
    const { run } = sampleRun([], []);
    const record = { ...run, outcome: scenario.outcome, scenarios: [scenario] };
    expect(junitXml(record)).toContain(`type="inconclusive: ${doubt}"`);
    expect(reportHtml(record, new Map())).toContain(reasonMeaning[doubt]);
    expect(parseRunRecord(runJson(record), "run.json")).toEqual(record);
  },
);

test("a control in which data must be lost says whether it was, and how much", () => {
  const ledger = { service: "ledger", check: ["check"], within: ms(1000), lossExpected: true as const };
  const losing = (lost: string[]) =>
    judgeTrial(tell({ plan: { ...control, ledger }, and: [...policyRestart(), asked(lost)] }));
  const short = (lost: string[]) => controlShort(judgeScenario(judgeTrial(tell()), [losing(lost)]));
  expect(short(["a"])).toBe("data lost");
  expect(short([])).toBe("no data lost");
  expect(controlSentence(losing(["a", "b"]))).toMatch(
    /^where it is otherwise: recovered in .*; 2 of 40 acknowledged lost$/,
  );
});

describe("a control is called by what is to be seen in it", () => {
  const shown = (it: Act, over: Partial<TrialPlan> = {}) => {
    const { control } = judgeTrial(tell({ act: it, plan: { ...planned, ...over } }));
    return control && controlTitle(control);
  };
  const planned: Partial<TrialPlan> = { id: "it/without-watchdog", control: { without: "watchdog", stop: [] } };
  const ledger: TrialPlan["ledger"] = { service: "ledger", check: ["check"], within: ms(1000), lossExpected: true };
  const given: TrialPlan["control"] = { given: "fsync is off", of: "afterwards", stop: [] };

  test.each([
    ["it does not recover", actOf({ expect: "never-recovered" })],
    ["it recovers all the same", actOf({ expect: "recovered" })],
    ["nobody is called", actOf({ goal: "escalation", expect: "never-recovered" })],
    ["it does not stay so", actOf({ goal: "holds", expect: "never-recovered" })],
  ])("%s", (seen, it) => {
    expect(shown(it)).toBe(`control without the watchdog: ${seen}`);
  });

  test("what was acknowledged is lost", () => {
    expect(shown(actOf(), { control: given, ledger })).toBe(
      "control of afterwards, where fsync is off: what was acknowledged is lost",
    );
  });
});

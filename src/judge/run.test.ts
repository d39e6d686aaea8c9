import { expect, test } from "vitest";
import { judgeRun } from "./run.ts";
import { actOf, tell } from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

const never = actOf({ expect: "never-recovered", recovery: { patience: actOf().recovery.within } });
const controls = ["app-crash/without-restart-policy"];
const trial = judgeTrial(tell({ plan: { controls } }));
const control = judgeTrial(
  tell({
    act: never,
    plan: { id: "app-crash/without-restart-policy", control: { without: "restart-policy", stop: [] } },
    down: [[5001, Number.POSITIVE_INFINITY]],
    and: [],
  }),
);
const claimed = { id: "app-crash", scenario: "app-crash", claim: trial.claim, again: [], controls };
const other = { id: "app-hang", scenario: "app-hang", claim: "The app hangs", again: [], controls: ["app-hang/x"] };

test("what was claimed and tried is judged as it is without being asked for", () => {
  const judgements = [trial, control];
  expect(judgeRun(judgements, { claims: [claimed] })).toEqual(judgeRun(judgements));
  expect(judgeRun(judgements).outcome).toBe("proven");
});

test("a scenario of which nothing was run is inconclusive and so is its run, whatever the others show", () => {
  const { scenarios, outcome } = judgeRun([trial, control], { claims: [claimed, other] });
  expect(outcome).toBe("inconclusive");
  expect(scenarios.map((it) => [it.scenario, it.outcome])).toEqual([
    ["app-crash", "proven"],
    ["app-hang", "inconclusive"],
  ]);
  expect(scenarios[1]).toMatchObject({
    claim: "The app hangs",
    trial: { id: "app-hang", doubt: "trial-not-run", controls: ["app-hang/x"] },
    notRun: [{ id: "app-hang", text: "its trial was not run, so nothing is shown of the claim" }],
    explanation: "inconclusive: its trial was not run, so nothing is shown of the claim",
  });
});

test("a scenario of which only a control was run is one scenario, and knows its claim from what was asked for", () => {
  const { scenarios } = judgeRun([control], { claims: [claimed] });
  expect(scenarios).toMatchObject([
    { trial: { id: "app-crash", controls }, controls: [{ id: control.id }], outcome: "inconclusive" },
  ]);
});

test("a run of which nothing was run has its claims, all of them open", () => {
  const { scenarios, outcome } = judgeRun([], { claims: [claimed, other] });
  expect(scenarios.map((it) => it.outcome)).toEqual(["inconclusive", "inconclusive"]);
  expect(outcome).toBe("inconclusive");
});

import { describe, expect, test } from "vitest";
import { hostNow } from "../src/clock.ts";
import { crash } from "../src/fault/crash.ts";
import type { AnyFault } from "../src/fault/define.ts";
import { builtInFaults } from "../src/fault/registry.ts";
import type { TrialPlan } from "../src/plan.ts";
import { planMatrix } from "../src/plan-matrix.ts";
import { planTrials } from "../src/plan-trials.ts";
import { loadBrokenHealers } from "../src/scenario/broken-healers.ts";
import { leftOutByTag } from "../src/scenario/left-out.ts";
import { type LoadedScenario, loadScenarios } from "../src/scenario/load.ts";
import { scenarioTests } from "../src/vitest.ts";

/** The gate: the scenarios that are tagged so, with their controls, and proof that the gate itself turns red when it must. */

/** A crash whose injection does nothing: aims, waits for the bite, puts back, but never strikes. */
const toothlessCrash: AnyFault = {
  ...crash,
  kind: "toothless-crash",
  inject: async () => ({ from: hostNow(), to: hostNow() }),
};

const faults = [...builtInFaults, toothlessCrash];
const loaded = await loadScenarios(["gate"], { faults: builtInFaults });
const leftOut = await leftOutByTag(["gate"], loaded, { faults: builtInFaults });
const gate = scenarioTests(loaded, { faults, leftOut });

const scenario = (name: string): LoadedScenario => {
  const found = loaded.find((it) => it.scenario.name === name);
  if (!found) throw new Error(`there is no scenario ${name} in the gate`);
  return found;
};
const only = ([plan]: readonly TrialPlan[]): TrialPlan => {
  if (!plan) throw new Error("nothing is planned");
  return plan;
};

const brokenHealers = await loadBrokenHealers("scenarios/broken-healers.yaml", loaded);

describe("the gate turns red", () => {
  const lame = brokenHealers.filter((it) => it.name === "watchdog-lame");
  const lameTrial = gate.trial(only(planMatrix([scenario("app-hang")], lame).trials));
  test("when the watchdog sees but does not act: never-recovered", { timeout: 600_000 }, async () => {
    const { outcome, acts } = await lameTrial();
    expect(acts[0]?.verdict).toEqual({ kind: "never-recovered" });
    expect(outcome).toBe("refuted");
  });

  const noop = only(planTrials(scenario("app-crash"), { control: false, variant: "toothless-fault" }));
  const noopTrial = gate.trial({
    ...noop,
    acts: noop.acts.map((act) => ({ ...act, faults: act.faults.map((it) => ({ ...it, kind: "toothless-crash" })) })),
  });
  test("when the fault does nothing: inconclusive, never a pass", { timeout: 600_000 }, async () => {
    const { outcome, acts } = await noopTrial();
    expect(acts[0]?.verdict).toEqual({ kind: "inconclusive", reason: "fault-had-no-effect" });
    expect(outcome).toBe("inconclusive");
  });
});

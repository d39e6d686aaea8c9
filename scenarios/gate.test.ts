import { describe, expect, test } from "vitest";
import { hostNow } from "../src/clock.ts";
import { crash } from "../src/fault/crash.ts";
import type { AnyFault } from "../src/fault/define.ts";
import { builtInFaults } from "../src/fault/registry.ts";
import type { TrialPlan } from "../src/plan.ts";
import { planTrials } from "../src/plan-trials.ts";
import { loadScenarios } from "../src/scenario/load.ts";
import { scenarioTests } from "../src/vitest.ts";

/** The gate: every scenario with its controls, and proof that the gate itself turns red when it must. */

/** A crash whose injection does nothing: aims, waits for the bite, puts back, but never strikes. */
const toothlessCrash: AnyFault = {
  ...crash,
  kind: "toothless-crash",
  inject: async () => ({ from: hostNow(), to: hostNow() }),
};

const faults = [...builtInFaults, toothlessCrash];
const loaded = await loadScenarios(["scenarios"], { faults: builtInFaults });
const gate = scenarioTests(loaded, { faults });

const planOf = (scenario: string, change: Parameters<typeof planTrials>[1]): TrialPlan => {
  const found = loaded.find((it) => it.scenario.name === scenario);
  const [plan] = found ? planTrials(found, change) : [];
  if (!plan) throw new Error(`there is no scenario ${scenario}`);
  return plan;
};

describe("the gate turns red", () => {
  const lame = planOf("app-hang", {
    control: false,
    variant: "lame-watchdog",
    overrides: { watchdog: { command: ["node", "/app/variants/lame.js"] } },
  });
  const patience = lame.acts[0]?.recovery.within;
  const lameTrial = gate.trial({
    ...lame,
    // Its budget is as long as it needs to be watched: after that nobody would call it recovered.
    acts: lame.acts.map((act) => ({
      ...act,
      recovery: { ...act.recovery, patience: patience ?? act.recovery.patience },
    })),
  });
  test("when the watchdog sees but does not act: never-recovered", { timeout: 600_000 }, async () => {
    const { outcome, acts } = await lameTrial();
    expect(acts[0]?.verdict).toEqual({ kind: "never-recovered" });
    expect(outcome).toBe("refuted");
  });

  const noop = planOf("app-crash", { control: false, variant: "toothless-fault" });
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

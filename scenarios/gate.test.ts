import { expect, test } from "vitest";
import { hostNow } from "../src/clock.ts";
import { crash } from "../src/fault/crash.ts";
import type { AnyFault } from "../src/fault/define.ts";
import { builtInFaults } from "../src/fault/registry.ts";
import { planMatrix } from "../src/plan-matrix.ts";
import { planTrials } from "../src/plan-trials.ts";
import { loadBrokenHealers } from "../src/scenario/broken-healers.ts";
import { leftOutByTag } from "../src/scenario/left-out.ts";
import { loadScenarios } from "../src/scenario/load.ts";
import { scenarioTests } from "../src/vitest.ts";

/**
 * The gate: the scenarios that are tagged so, with their controls, and proof that the gate itself turns red: where a fault does nothing,
 * and where a healer does not heal. Every way in which one can be broken is the full set's matter.
 */

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

const appCrash = loaded.filter(({ scenario }) => scenario.name === "app-crash");
const [crashed] = appCrash.flatMap((it) => planTrials(it, { control: false, variant: "toothless-fault" }));
if (!crashed) throw new Error("there is no scenario app-crash in the gate");
const toothless = gate.trial({
  ...crashed,
  acts: crashed.acts.map((act) => ({ ...act, faults: act.faults.map((it) => ({ ...it, kind: "toothless-crash" })) })),
});

const appHang = loaded.filter(({ scenario }) => scenario.name === "app-hang");
const brokenHealers = await loadBrokenHealers("scenarios/broken-healers.yaml", loaded);
const lameWatchdog = brokenHealers.filter(({ name }) => name === "watchdog-lame");
const [hung] = planMatrix(appHang, lameWatchdog).trials;
if (!hung) throw new Error("there is no scenario app-hang in the gate, or no lame watchdog");
const unhealed = gate.trial(hung);

test("the gate turns red when the watchdog does not restart anything", { timeout: 600_000 }, async () => {
  const { outcome, acts } = await unhealed();
  expect(acts[0]?.verdict).toEqual({ kind: "never-recovered" });
  expect(outcome).toBe("refuted");
});

test("the gate turns red when the fault does nothing: inconclusive, never a pass", { timeout: 600_000 }, async () => {
  const { outcome, acts } = await toothless();
  expect(acts[0]?.verdict).toEqual({ kind: "inconclusive", reason: "fault-had-no-effect" });
  expect(outcome).toBe("inconclusive");
});

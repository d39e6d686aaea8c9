import { expect, test } from "vitest";
import { builtInFaults } from "../fault/registry.ts";
import { loadScenarios } from "../scenario/load.ts";
import { forTarget } from "./lab-run.ts";

const faults = builtInFaults;
const some = await loadScenarios(["scenarios/machine", "scenarios/process/app-crash.yaml"], { faults });
const names = (loaded: readonly { readonly scenario: { readonly name: string } }[]) =>
  loaded.map(({ scenario }) => scenario.name).toSorted();

test("what breaks a whole machine is left out elsewhere, and told, with how to run it", () => {
  const { loaded, elsewhere } = forTarget("containers", some, faults);
  expect(names(loaded)).toEqual(["app-crash"]);
  expect(elsewhere.map(({ what }) => what).toSorted()).toEqual([
    "engine-restart",
    "exporters-after-power-loss",
    "host-power-loss",
    "watchdog-after-engine-restart",
    "watchdog-after-power-loss",
  ]);
  expect(elsewhere[0]?.why).toContain("--target vagrant");
});

test("the lab runs everything", () => {
  const { loaded, elsewhere } = forTarget("vagrant", some, faults);
  expect(names(loaded)).toEqual([
    "app-crash",
    "engine-restart",
    "exporters-after-power-loss",
    "host-power-loss",
    "watchdog-after-engine-restart",
    "watchdog-after-power-loss",
  ]);
  expect(elsewhere).toEqual([]);
});

test("where nothing else was asked for it is refused", async () => {
  const machine = await loadScenarios(["scenarios/machine"], { faults });
  expect(() => forTarget("containers", machine, faults)).toThrow("in the lab alone");
});

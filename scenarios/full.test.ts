import { builtInFaults } from "../src/fault/registry.ts";
import { loadBrokenHealers } from "../src/scenario/broken-healers.ts";
import { leftOut } from "../src/scenario/left-out.ts";
import { loadScenarios } from "../src/scenario/load.ts";
import { scenarioTests } from "../src/vitest.ts";

/**
 * The full set, `npm run test:full`: every scenario with its controls but those that need the lab, and then each of them against every
 * broken healer that concerns it. Each broken healer must be caught.
 */

const all = await loadScenarios(["scenarios"], { faults: builtInFaults });
const loaded = all.filter(({ scenario }) => !scenario.tags.includes("lab"));

scenarioTests(loaded, {
  brokenHealers: await loadBrokenHealers("scenarios/broken-healers.yaml", loaded),
  leftOut: leftOut(
    all.map(({ scenario }) => scenario),
    loaded,
  ),
});

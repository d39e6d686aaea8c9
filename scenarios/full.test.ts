import { builtInFaults } from "../src/fault/registry.ts";
import { loadBrokenHealers } from "../src/scenario/broken-healers.ts";
import { leftOut } from "../src/scenario/left-out.ts";
import { loadScenarios } from "../src/scenario/load.ts";
import { scenarioTests } from "../src/vitest.ts";

/**
 * The full set, `npm run test:full`: every scenario with its controls but those that need the lab, and then each of the gate's against
 * every broken healer that concerns it. The gate must catch each broken healer; all scenarios against them is a matter of hours:
 * healproof run --broken scenarios/broken-healers.yaml
 */

const all = await loadScenarios(["scenarios"], { faults: builtInFaults });
const loaded = all.filter(({ scenario }) => !scenario.tags.includes("lab"));

scenarioTests(loaded, {
  against: loaded.filter(({ scenario }) => scenario.tags.includes("gate")),
  brokenHealers: await loadBrokenHealers("scenarios/broken-healers.yaml", loaded),
  leftOut: leftOut(
    all.map(({ scenario }) => scenario),
    loaded,
  ),
});

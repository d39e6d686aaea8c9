import { stackEnvironment } from "../fixtures/monitoring/src/testing/tool.ts";
import { builtInFaults } from "../src/fault/registry.ts";
import { loadBrokenHealers } from "../src/scenario/broken-healers.ts";
import { loadScenarios } from "../src/scenario/load.ts";
import { scenarioTests } from "../src/vitest.ts";

/**
 * The full set, `npm run test:full`: every scenario with its controls but those that need more than this machine has, and then the gate's,
 * and what is about the watchdog's audit log, against the broken healers. They must catch each of them, and each must catch one; all
 * scenarios against them takes longer: healproof run --broken scenarios/broken-healers.yaml
 */

/** The tags of the scenarios that must catch every broken healer. */
const catching = ["gate", "audit-log"];

/** By tag: why it is not run here. */
const lacking: Readonly<Record<string, string>> = {
  lab: "it needs the lab",
  ...(stackEnvironment().GRAFANA_IMAGE
    ? {}
    : { grafana: "Grafana's image is not in reach, and there is no stand-in for it" }),
};

/** What nobody should look for here in vain. */
const notHere = [
  {
    what: "a broken deployment that is refused",
    why: "no scenario, as nothing is healed: the tests of fixtures/deploy prove it",
  },
  {
    what: "broken healers against the other scenarios",
    why: "only those of the gate and of the audit log are run against them here, where all of them would take too long",
  },
];

const all = await loadScenarios(["scenarios"], { faults: builtInFaults });
const each = all.map((loaded) => ({
  loaded,
  why: loaded.scenario.tags.flatMap((tag) => lacking[tag] ?? []).join("; "),
}));
const loaded = each.filter(({ why }) => why === "").map((it) => it.loaded);

scenarioTests(loaded, {
  against: loaded.filter(({ scenario }) => scenario.tags.some((it) => catching.includes(it))),
  brokenHealers: await loadBrokenHealers("scenarios/broken-healers.yaml", loaded),
  leftOut: [
    ...each.filter(({ why }) => why !== "").map(({ loaded: { scenario }, why }) => ({ what: scenario.name, why })),
    ...notHere,
  ],
});

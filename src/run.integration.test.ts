import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { labMachine } from "./fault/host.ts";
import { builtInFaults } from "./fault/registry.ts";
import { actOf, planOf } from "./judge/testing/journal-builder.ts";
import type { TrialPlan } from "./plan.ts";
import { Run } from "./run.ts";
import { ms } from "./time.ts";

/** What a test file asks for and cannot be: the command line refuses that for all plans before a run begins. */

test.each([
  ["the lab's machine, where there is none", { shares: [labMachine] }, {}, "needs-the-lab"],
  ["a container that the service does not have", {}, { replica: 2 }, "no-such-replica"],
])("%s is refused before a stack is started", async (_, stack: Partial<TrialPlan["stack"]>, params, code) => {
  const out = mkdtempSync(join(tmpdir(), "hp-run-"));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const compose = join(out, "compose.yaml");
  writeFileSync(compose, "services: { app: { image: nobody-has-this, restart: always } }\n");
  const act = actOf({ faults: [{ kind: "crash", params: { service: "app", ...params }, at: ms(0) }] });
  const plan = planOf([act], { stack: { compose, overrides: {}, variables: {}, shares: [], ...stack } });
  await using run = await Run.start({ faults: builtInFaults, out, workers: 1 });
  await expect(run.trial(plan)).rejects.toMatchObject({ code, exitCode: 64 });
  expect(readdirSync(run.folder, { recursive: true }).filter((it) => `${it}`.endsWith("journal.ndjson"))).toEqual([]);
});

import { resolve } from "node:path";
import { headerOf, type Journal } from "../../journal.ts";
import { judgeTrial } from "../../judge/trial.ts";
import { everythingRun, lackingRun } from "../../report/testing/sample-runs.ts";
import type { FinishedTrial } from "../../run.ts";
import { ms } from "../../time.ts";
import { FinishedScenario } from "../finished-scenario.ts";

/** Scenarios as they come out of a run, from the report's sample journals: one for each outcome. */

const samples = everythingRun().journals;

export function finished(scenario: string, journals: ReadonlyMap<string, Journal> = samples): FinishedScenario {
  const trials = [...journals.values()].map(trialOf).filter((it) => it.plan.scenario === scenario);
  return new FinishedScenario(resolve("reports/this-run"), trials);
}

export const lacking = (): FinishedScenario => finished("app-crash", lackingRun().journals);

export function trialOf(journal: Journal): FinishedTrial {
  const { plan } = headerOf(journal);
  const record = { id: plan.id, folder: plan.id.replaceAll("/", "-"), up: ms(0), total: ms(0) };
  return { plan, journal, judgement: judgeTrial(journal), record };
}

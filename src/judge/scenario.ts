import type { Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { worst } from "./verdict.ts";
import { controlLabel } from "./words.ts";

/**
 * A scenario is proven only if its trial and every one of its controls came out as they must. A planned control that was not
 * run leaves it open, as what is proven only counts if it does not happen without the healer.
 */
export function judgeScenario(trial: TrialJudgement, controls: readonly TrialJudgement[]): ScenarioJudgement {
  const missing = trial.controls.filter((id) => !controls.some((it) => it.id === id));
  const notRun = missing.map((id) => ({
    id,
    text: `its control ${id.slice(id.lastIndexOf("/") + 1)} was not run, so nothing is shown to have healed it`,
  }));
  return conclude(trial, controls, notRun);
}

/** A scenario of whose trials only controls were run. */
export function judgeWithoutTrial(first: TrialJudgement, others: readonly TrialJudgement[]): ScenarioJudgement {
  const { scenario, claim, variant } = first;
  const text = "its trial was not run, so nothing is shown of the claim";
  const trial: TrialJudgement = {
    id: variant === undefined ? scenario : `${scenario}/variant-${variant}`,
    scenario,
    claim,
    controls: [],
    ...(variant === undefined ? {} : { variant }),
    acts: [],
    outcome: "inconclusive",
    explanation: `inconclusive: ${text}`,
    remarks: [],
    errors: [],
  };
  return conclude(trial, [first, ...others], [{ id: trial.id, text }]);
}

function conclude(
  trial: TrialJudgement,
  controls: readonly TrialJudgement[],
  notRun: ScenarioJudgement["notRun"],
): ScenarioJudgement {
  const open = notRun.map((): { outcome: Outcome } => ({ outcome: "inconclusive" }));
  const outcome = worst([trial, ...controls, ...open]);
  const sentences = [trial, ...controls].map(
    (it) => `${it.control ? `${controlLabel(it.control)}: ` : ""}${it.explanation}`,
  );
  const said = notRun.filter(({ id }) => id !== trial.id).map(({ text }) => `inconclusive: ${text}`);
  const { scenario, claim } = trial;
  return { scenario, claim, trial, controls, notRun, outcome, explanation: [...sentences, ...said].join("; ") };
}

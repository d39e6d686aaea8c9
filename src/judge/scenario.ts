import type { ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { worstOf } from "./verdict.ts";
import { healerName } from "./words.ts";

/** A scenario is proven only if its trial and every one of its controls came out as they must. */
export function judgeScenario(trial: TrialJudgement, controls: readonly TrialJudgement[]): ScenarioJudgement {
  const outcome = worstOf([trial, ...controls].map((it) => it.outcome));
  const sentences = [trial, ...controls].map(
    (it) => `${it.control ? `control without ${healerName(it.control.without)}: ` : ""}${it.explanation}`,
  );
  const { scenario, claim } = trial;
  return { scenario, claim, trial, controls, outcome, explanation: sentences.join("; ") };
}

import type { Outcome, ScenarioJudgement, TrialJudgement } from "./judgement.ts";
import { together } from "./together.ts";
import { worst } from "./verdict.ts";
import { trialPrefix } from "./words.ts";

/**
 * A scenario is proven only if its trial, each that repeats it and every one of its controls came out as they must. A planned control
 * that was not run leaves it open, as what is proven only counts if it does not happen without the healer; and so does a trial of several.
 */
export function judgeScenario(trial: TrialJudgement, others: readonly TrialJudgement[]): ScenarioJudgement {
  const wasRun = (id: string) => others.some((it) => it.id === id);
  const shortOf = (id: string) => id.slice(id.lastIndexOf("/") + 1);
  const notRun = [
    ...trial.again.filter((id) => !wasRun(id)).map((id) => ({ id, text: `its ${shortOf(id)} was not run` })),
    ...trial.controls
      .filter((id) => !wasRun(id))
      .map((id) => ({ id, text: `its control ${shortOf(id)} was not run${meaning(shortOf(id))}` })),
  ];
  return conclude(trial, others, notRun);
}

/** Of a control without a healer; one in which something else is otherwise is about something else. */
const meaning = (control: string) =>
  /^(afterwards-)?without-/.test(control) ? ", so nothing is shown to have healed it" : "";

/** What there is to know of a scenario's first trial without its being run. */
export type PlannedClaim = Pick<TrialJudgement, "id" | "scenario" | "claim" | "again" | "controls" | "variant">;

/** A scenario whose first trial was not run, only others of its trials, or none. */
export function judgeWithoutTrial(
  { id, scenario, claim, again, controls, variant }: PlannedClaim,
  others: readonly TrialJudgement[],
): ScenarioJudgement {
  const text = "its trial was not run, so nothing is shown of the claim";
  const trial: TrialJudgement = {
    id,
    scenario,
    claim,
    again,
    controls,
    ...(variant === undefined ? {} : { variant }),
    acts: [],
    outcome: "inconclusive",
    doubt: "trial-not-run",
    explanation: `inconclusive: ${text}`,
    remarks: [],
    errors: [],
  };
  return conclude(trial, others, [{ id, text }]);
}

function conclude(
  trial: TrialJudgement,
  others: readonly TrialJudgement[],
  notRun: ScenarioJudgement["notRun"],
): ScenarioJudgement {
  const again = others.filter((it) => it.control === undefined);
  const controls = others.filter((it) => it.control !== undefined);
  const open = notRun.map((): { outcome: Outcome } => ({ outcome: "inconclusive" }));
  const outcome = worst([trial, ...others, ...open]);
  const sentences = [
    ...claimSentences(trial, again),
    ...controls.map((it) => `${trialPrefix(it)}${it.explanation}`),
    ...notRun.filter(({ id }) => id !== trial.id).map(({ text }) => `inconclusive: ${text}`),
  ];
  const { scenario, claim } = trial;
  return { scenario, claim, trial, again, controls, notRun, outcome, explanation: sentences.join("; ") };
}

/** Of several trials what they show together, and those that did not come out as claimed by themselves. */
function claimSentences(trial: TrialJudgement, again: readonly TrialJudgement[]): string[] {
  if (again.length === 0) return [trial.explanation];
  const odd = [trial, ...again].filter((it) => it.outcome !== "proven");
  return [together({ trial, again }).text, ...odd.map((it) => `${it.id}: ${it.explanation}`)];
}

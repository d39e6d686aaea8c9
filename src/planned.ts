import { z } from "zod";
import { exitCode, KnownError, messageOf } from "./errors.ts";
import type { PlannedClaim } from "./judge/scenario.ts";
import { type TrialPlan, trialPlan } from "./plan.ts";

/**
 * What a run was asked for: one line for each trial, written to the run's folder before the trial begins. Of one whose turn never comes,
 * because the run is killed, there is no other trace.
 */
const plannedTrial = trialPlan.pick({
  id: true,
  scenario: true,
  claim: true,
  file: true,
  control: true,
  variant: true,
  nth: true,
  again: true,
  controls: true,
});
export type PlannedTrial = z.output<typeof plannedTrial>;

export const plannedLine = (plan: TrialPlan): string => `${JSON.stringify(plannedTrial.strip().parse(plan))}\n`;

/**
 * Reads lines of {@link plannedLine}; one that was cut off is of a trial that has not begun. `name` is what errors call the file.
 * @throws KnownError `bad-plan` if there is anything else in it.
 */
export function parsePlanned(text: string, name: string): PlannedTrial[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line, index) => {
    try {
      return plannedTrial.parse(JSON.parse(line));
    } catch (thrown) {
      throw new KnownError("bad-plan", `${name}:${index + 1} is not a trial that healproof has planned`, {
        facts: { reason: thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown) },
        exitCode: exitCode.usage,
      });
    }
  });
}

/** What is claimed: each scenario's first trial, on the stack as it is. */
export const claimsIn = (planned: readonly PlannedTrial[]): PlannedClaim[] =>
  planned
    .filter(({ control, variant, nth }) => control === undefined && variant === undefined && nth === undefined)
    .map(({ id, scenario, claim, again, controls }) => ({ id, scenario, claim, again, controls }));

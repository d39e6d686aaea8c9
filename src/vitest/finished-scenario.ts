import { join, relative } from "node:path";
import type { ActJudgement, ScenarioJudgement } from "../judge/judgement.ts";
import { judgeScenarios } from "../judge/run.ts";
import { actOf } from "../judge/words.ts";
import { trialLine } from "../report/text.ts";
import type { FinishedTrial } from "../run.ts";

/** A scenario that was run: its trial and its controls, judged. What the matchers look at. */
export class FinishedScenario {
  readonly judgement: ScenarioJudgement;
  readonly trials: readonly FinishedTrial[];
  readonly #folder: string;

  constructor(folder: string, trials: readonly FinishedTrial[]) {
    const [judgement] = judgeScenarios(trials.map((it) => it.judgement));
    if (!judgement) throw new Error("a scenario that was run has at least one trial");
    this.judgement = judgement;
    this.trials = trials;
    this.#folder = folder;
  }

  /** What the scenario's own fault led to. */
  get main(): ActJudgement | undefined {
    return actOf(this.judgement.trial, "main");
  }

  /** What there is to say of the trials that did not come out as claimed, or else of the scenario's own: explanation and journal. */
  explain(): string {
    const odd = this.trials.filter(({ judgement }) => judgement.outcome !== "proven");
    const told = odd.length > 0 ? odd : this.trials.slice(0, 1);
    const lines = told.flatMap((it) => [
      trialLine(it.judgement, { colour: false }),
      `  journal  ${this.#journalOf(it)}`,
    ]);
    return [...lines, ...this.judgement.notRun.map((it) => `? ${it.text}`)].join("\n");
  }

  #journalOf({ record }: FinishedTrial): string {
    return relative(process.cwd(), join(this.#folder, record.folder, "journal.ndjson"));
  }
}

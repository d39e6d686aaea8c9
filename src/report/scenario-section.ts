import type { Journal } from "../journal.ts";
import type { ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import { together } from "../judge/together.ts";
import { scenarioAnchor, trialAnchor } from "./anchors.ts";
import { type Html, html, type Piece, prose } from "./html.ts";
import { outcomeIcon } from "./outcome-icon.ts";
import { proof } from "./proof.ts";
import type { TrialRecord } from "./run-record.ts";
import { trialSection } from "./trial-section.ts";
import { controlSentence, notRunOf, trialsOf, upperFirst } from "./words.ts";

/** A claim, its verdict, the proof in one picture, and each trial in full. */
export function scenarioSection(
  scenario: ScenarioJudgement,
  journals: ReadonlyMap<string, Journal>,
  records: readonly TrialRecord[],
): Html {
  const anchor = scenarioAnchor(scenario.scenario);
  return html`<section class="scenario ${scenario.outcome}" id="${anchor}" aria-labelledby="${anchor}-title">
<p class="kicker">${outcomeIcon(scenario.outcome)} <span class="word ${scenario.outcome}">${scenario.outcome}</span> <code>${scenario.scenario}</code></p>
<h3 id="${anchor}-title">${scenario.claim}</h3>
${proof(scenario)}
${scenario.again.length > 0 && html`<p class="quiet">${upperFirst(together(scenario).text)}.</p>`}
${notRunOf(scenario).map(
  ({ text }) => html`<p class="shows inconclusive"><strong>Not proven:</strong> ${text}.</p>
`,
)}
${uncontrolled(scenario)}
${scenario.controls.map(shows)}
${trialsOf(scenario).map((it) =>
  trialSection(
    it,
    journals.get(it.id),
    records.find(({ id }) => id === it.id),
  ),
)}
</section>
`;
}

/** Why no control stands beside it, or not one for each healer: its own reason, or that none was asked for. */
function uncontrolled(scenario: ScenarioJudgement): Piece {
  const { trial, controls } = scenario;
  if (trial.uncontrolled !== undefined)
    return html`<p class="quiet"><strong>${trial.controls.length === 0 ? "No control" : "No control for each healer"}:</strong> ${prose(trial.uncontrolled)}.</p>`;
  if (controls.length > 0 || notRunOf(scenario).length > 0) return undefined;
  return html`<p class="quiet">No control was run: nothing shows that it would not have come out so by itself.</p>`;
}

/** What a control shows, in the scenario's own words, where it came out as it must; or that it does not show it. */
function shows(control: TrialJudgement): Piece {
  const because = control.control?.because;
  if (because === undefined) return undefined;
  const shown = control.outcome === "proven";
  return html`<p class="shows ${control.outcome}"><strong>${shown ? "Shown by this run:" : "Not shown by this run:"}</strong> ${prose(because)}. <a href="#${trialAnchor(control.id)}">${upperFirst(controlSentence(control))}.</a></p>
`;
}

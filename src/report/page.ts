import { createHash } from "node:crypto";
import type { Journal } from "../journal.ts";
import { headerOf } from "../journal.ts";
import type { ScenarioJudgement } from "../judge/judgement.ts";
import { plain, trialPrefix } from "../judge/words.ts";
import { References, scenarioAnchor, trialAnchor } from "./anchors.ts";
import { type Html, html, type Piece, prose, unescaped } from "./html.ts";
import { patterns } from "./marks.ts";
import { matrixSection } from "./matrix-section.ts";
import { outcomeIcon } from "./outcome-icon.ts";
import type { RunRecord } from "./run-record.ts";
import { scenarioSection } from "./scenario-section.ts";
import { style } from "./style.ts";
import {
  anyControlFailed,
  commonClaims,
  controlSentence,
  controlShort,
  costText,
  decidingAct,
  decidingTrial,
  failuresFirst,
  headline,
  notRunOf,
  notRunTexts,
  scenarioRecovery,
  scenarioVerdict,
  trialsOf,
  upperFirst,
} from "./words.ts";

/**
 * A run as one HTML file that needs nothing else: no script, nothing from the network (its policy forbids both), readable on a
 * phone and on paper. Verdicts first, failures first.
 */
export function reportHtml(run: RunRecord, journals: ReadonlyMap<string, Journal>): string {
  const scenarios = failuresFirst(run.scenarios);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="referrer" content="no-referrer"/>
<title>${headline(run)} · healproof ${run.id}</title>
<style>${unescaped(style)}</style>
</head>
<body>
${patterns}
<header class="top">
<p class="kicker">healproof ${run.healproof} <span class="quiet">· run ${run.id} · ${run.startedAt}</span></p>
<h1>${outcomeIcon(run.outcome)} ${headline(run)}</h1>
<p class="quiet">${upperFirst(costText(run))}${machine(journals)}</p>
</header>
<main>
${findings(run, journals)}
<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2>
${scenarios.length === 0 ? html`<p class="quiet">Nothing was tried.</p>` : overview(scenarios)}
</section>
${matrixSection(run)}
${notRun(run)}
${scenarios.length > 0 && html`<h2>Claims</h2>`}
${scenarios.map((it) => scenarioSection(it, journals, run.trials))}
</main>
${footer}
</body>
</html>
`;
  return page.markup;
}

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function machine(journals: ReadonlyMap<string, Journal>): Piece {
  const [first] = journals.values();
  if (!first) return undefined;
  const { cpus, memoryMiB, platform, node, engine } = headerOf(first).machine;
  return ` · ${cpus} CPUs, ${(memoryMiB / 1024).toFixed(1)} GiB, ${platform}, Node ${node}, engine ${engine}`;
}

/** What controls show beyond their own scenario, that a common claim is wrong: too good to be buried. The trial's own part cites the same lines. */
function findings({ scenarios }: RunRecord, journals: ReadonlyMap<string, Journal>): Piece {
  const shown = commonClaims(scenarios);
  if (shown.length === 0) return undefined;
  return html`<section class="findings" aria-label="Findings">
${shown.map(
  ({
    control,
    refutes,
    again,
  }) => html`<div class="finding"><p class="finding-head">Refuted by this run</p><p class="finding-claim">${prose(refutes.text)}.${new References(control.id, journals.get(control.id)).links(refutes.seqs)}</p><p><a href="#${trialAnchor(control.id)}">${upperFirst(controlSentence(control))}.</a></p>${again.map((it) => html`<p>Seen again in <a href="#${trialAnchor(it.id)}">${it.id}</a>.</p>`)}</div>
`,
)}</section>
`;
}

function overview(scenarios: readonly ScenarioJudgement[]): Html {
  return html`<table class="verdicts"><thead><tr><th scope="col">Claim</th><th scope="col">Verdict</th><th scope="col" class="number">Recovery</th><th scope="col" class="number">Budget</th><th scope="col">Healed by</th><th scope="col">Control</th></tr></thead>
<tbody>
${scenarios.map(overviewRow)}</tbody></table>`;
}

function overviewRow(it: ScenarioJudgement): Html {
  const { scenario, claim, outcome } = it;
  const act = decidingAct(decidingTrial(it));
  const { word, reason } = scenarioVerdict(it);
  const missing = notRunOf(it);
  const odd = trialsOf(it).filter((it) => it.outcome !== "proven");
  return html`<tr class="${outcome}">
<th scope="row">${outcomeIcon(outcome)} <span><a href="#${scenarioAnchor(scenario)}">${scenario}</a><span class="claim">${claim}</span></span></th>
<td data-label="Verdict">${word}${reason !== undefined && html`<span class="reason">${reason}</span>`}</td>
<td data-label="Recovery" class="number">${scenarioRecovery(it)}</td>
<td data-label="Budget" class="number">${act ? plain(act.budget) : ""}</td>
<td data-label="Healed by">${act?.attribution.healer ?? "unknown"}</td>
<td data-label="Control"${anyControlFailed(it) ? html` class="odd"` : ""}>${controlShort(it)}</td>
</tr>
${
  odd.length + missing.length > 0 &&
  html`<tr class="why ${outcome}"><td colspan="6">${odd.map((it) => html`<p>${trialPrefix(it) && html`<strong>${upperFirst(trialPrefix(it).trim())}</strong> `}${upperFirst(it.explanation)}</p>`)}${missing.map(({ text }) => html`<p>${upperFirst(text)}</p>`)}</td></tr>
`
}`;
}

function notRun({ notRun }: RunRecord): Piece {
  if (notRun.length === 0) return undefined;
  return html`<section class="not-run" aria-labelledby="not-run"><h2 id="not-run">Not run</h2>
<ul>${notRunTexts(notRun).map(({ lead, rest }) => html`<li><strong>${lead}</strong>: ${rest}</li>`)}</ul></section>
`;
}

const footer = html`<footer><h2>How to read this</h2>
<p>A recovery time is an <strong>interval</strong>: a signal is only known where it was sampled, so recovery lies after the last bad sample began and not after the first good one ended. It is <strong>recovered</strong> only if all of the interval keeps the budget, and <strong>too-slow</strong> only if all of it exceeds the budget. A <strong>control</strong> is the same trial with the healer switched off, or with something else otherwise: what is claimed must then not be seen (as a rule: it does not recover), or the claim proves nothing. Small numbers such as <span class="ref">12</span> are lines of a trial's journal.</p></footer>`;

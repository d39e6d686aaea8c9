import type { MatrixCell, MatrixJudgement } from "../judge/matrix.ts";
import { fileLink, scenarioAnchor } from "./anchors.ts";
import { type Html, html, type Piece } from "./html.ts";
import { cellWord, idleScenarios, isIdle, matrixHeadline, triedAgainst } from "./matrix-words.ts";
import { outcomeIcon } from "./outcome-icon.ts";
import type { RunRecord, TrialRecord } from "./run-record.ts";
import { failuresFirst, upperFirst } from "./words.ts";

/** The scenarios against broken healers: which is caught by what, in a table, and then what each trial showed. */
export function matrixSection({ matrix, scenarios, trials }: RunRecord): Piece {
  if (!matrix) return undefined;
  const own = new Set(scenarios.map((it) => it.scenario));
  return html`<section class="broken ${matrix.outcome}" aria-labelledby="broken-healers"><h2 id="broken-healers">Broken healers</h2>
<p>${outcomeIcon(matrix.outcome)} <strong>${matrixHeadline(matrix)}.</strong> Each scenario was run again on stacks with a healer that is broken on purpose, and is <strong>caught</strong> where that refutes it. A broken healer that nothing catches is a hole: the scenarios would say the same of a stack that does not heal.</p>
${table(matrix, trials, own)}
${idleScenarios(matrix).map((it) => html`<p>${it}.</p>`)}
${failuresFirst(matrix.healers).map((it) => shown(it, matrix, trials))}
</section>
`;
}

function table(matrix: MatrixJudgement, trials: readonly TrialRecord[], own: ReadonlySet<string>): Html {
  const { healers, scenarios, cells } = matrix;
  const head = healers.map(
    ({ name, outcome }) => html`<th scope="col" class="${outcome}">${name} ${outcomeIcon(outcome)}</th>`,
  );
  const rows = scenarios.map(({ name }) => {
    const title = own.has(name) ? html`<a href="#${scenarioAnchor(name)}">${name}</a>` : name;
    const found = healers.map((healer) => cells.find((it) => it.scenario === name && it.healer === healer.name));
    const idle = found.filter((it) => it === undefined || it.state === "not-concerned").length;
    return html`<tr><th scope="row">${title}${idle > 0 && html`<span class="idle">${idle === healers.length ? "no broken healer concerns it" : `not concerned by ${idle} of ${healers.length}`}</span>`}</th>${found.map((it, index) => cell(it, healers[index]?.name ?? "", trials))}</tr>
`;
  });
  return html`<table class="matrix"><thead><tr><th scope="col">Scenario</th>${head}</tr></thead>
<tbody>
${rows}</tbody></table>`;
}

function cell(it: MatrixCell | undefined, healer: string, trials: readonly TrialRecord[]): Html {
  if (!it || isIdle(it))
    return html`<td class="${it?.state ?? "not-concerned"}" data-label="${healer}" title="${upperFirst(it?.text ?? "not planned")}">${it ? cellWord(it) : "not concerned"}</td>`;
  return html`<td class="${it.state}" data-label="${healer}">${toJournal(it, cellWord(it), trials)}</td>`;
}

/** What a cell says, as a link to the journal that it comes from. */
function toJournal({ trial }: MatrixCell, text: string, trials: readonly TrialRecord[]): Html {
  const record = trials.find(({ id }) => id === trial);
  const link = record && fileLink(record.folder, "journal.ndjson");
  return link === undefined ? html`${text}` : html`<a href="${link}" title="the journal of ${trial}">${text}</a>`;
}

function shown(
  { name, breaks, what, outcome, explanation }: MatrixJudgement["healers"][number],
  matrix: MatrixJudgement,
  trials: readonly TrialRecord[],
): Html {
  const tried = triedAgainst(matrix, name);
  return html`<details class="healer ${outcome}"${outcome === "proven" ? "" : html` open=""`}>
<summary>${outcomeIcon(outcome)} <strong>${name}</strong> <span class="said">${upperFirst(explanation)}</span></summary>
<p>${what}. <span class="quiet">It stands for ${breaks}.</span></p>
${tried.length > 0 && html`<ul>${tried.map((it) => html`<li><strong>${it.scenario}</strong>: ${toJournal(it, cellWord(it), trials)}. ${upperFirst(it.text)}</li>`)}</ul>`}
</details>
`;
}

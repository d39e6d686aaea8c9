import type { Journal } from "../journal.ts";
import { recordsOf } from "../journal.ts";
import type { ActJudgement, CheckJudgement, Evidence, TrialJudgement } from "../judge/judgement.ts";
import { controlLabel, plain } from "../judge/words.ts";
import { formatDuration, instant, type Moment } from "../time.ts";
import { fileLink, References, trialAnchor } from "./anchors.ts";
import { excerpt } from "./excerpt.ts";
import { happenings } from "./happenings.ts";
import { type Html, html, type Piece } from "./html.ts";
import { legend } from "./legend.ts";
import { outcomeIcon } from "./outcome-icon.ts";
import type { TrialRecord } from "./run-record.ts";
import { timelineOf } from "./timeline.ts";
import { timelineSvg } from "./timeline-svg.ts";
import {
  actResult,
  actTitle,
  claimedText,
  formatOffset,
  healedByText,
  reasonMeaning,
  recoveryText,
  upperFirst,
} from "./words.ts";

/** One trial: what was found, the picture, what happened, and the journal lines behind it all. */
export function trialSection(
  trial: TrialJudgement,
  journal: Journal | undefined,
  record: TrialRecord | undefined,
): Html {
  const references = new References(trial.id, journal);
  const timeline = journal && timelineOf(trial, journal);
  const zero = timeline?.zero ?? instant(0);
  const anchor = trialAnchor(trial.id);
  const wasRun = trial.doubt !== "trial-not-run";
  const name = trial.control ? upperFirst(controlLabel(trial.control)) : nameOf(trial);
  const facts = trial.acts.map((act) => actFacts(trial, act, journal, references, zero));
  const body =
    journal && timeline
      ? html`<figure class="picture">${timelineSvg(timeline, anchor, `Timeline of ${trial.id}`)}
<figcaption>${legend(timeline)}<span class="axis-name">Seconds since ${timeline.zeroIs}${zero > 0 && `, which is at ${(zero / 1000).toFixed(3)} s of the trial's clock`}</span></figcaption></figure>
${facts}
<h5>What happened</h5>
${happenings(trial, journal, timeline, references)}`
      : wasRun &&
        html`<p class="quiet">The journal of this trial is not at hand, so there is no picture.</p>
${facts}`;
  return html`<details class="trial ${trial.outcome}" id="${anchor}"${openUnless((trial.control !== undefined || trial.nth !== undefined) && trial.outcome === "proven")}>
<summary><h4>${outcomeIcon(trial.outcome)} ${name}${trial.variant !== undefined && html` <span class="tag">variant ${trial.variant}</span>`}</h4> <span class="said">${upperFirst(trial.explanation)}</span></summary>
<div class="trial-body">
${notes(trial, references)}
${body}
${files(journal, record)}
${wasRun && excerpt(references, journal, record?.folder, zero)}
</div>
</details>
`;
}

const nameOf = ({ nth, again }: TrialJudgement): string =>
  nth === undefined && again.length === 0 ? "The trial" : `Trial ${nth ?? 1}`;

const openUnless = (closed: boolean): Html => (closed ? html`` : html` open=""`);

function notes(trial: TrialJudgement, references: References): Piece {
  const list = (title: string, kind: string, items: readonly Evidence[]) =>
    items.length > 0 &&
    html`<div class="note ${kind}"><h5>${title}</h5>${evidenceList(items, references)}</div>
`;
  return [
    trial.doubt && list(`Inconclusive: ${trial.doubt}`, "errors", [{ text: reasonMeaning[trial.doubt], seqs: [] }]),
    list("Errors in the trial itself", "errors", trial.errors),
    list("Refuted by this run", "remarks", trial.refutes ? [trial.refutes] : []),
    list(
      trial.ledger?.lossExpected ? "Something acknowledged must be lost" : "Nothing acknowledged may be lost",
      "remarks",
      trial.ledger ? [trial.ledger.evidence] : [],
    ),
    list("To be known", "remarks", trial.remarks),
  ];
}

function actFacts(
  trial: TrialJudgement,
  act: ActJudgement,
  journal: Journal | undefined,
  references: References,
  zero: number,
): Html {
  const fault = journal ? recordsOf(journal, "fault").filter((it) => it.act === act.act) : [];
  const seqsOf = (stage: string) => fault.filter((it) => it.stage === stage).map((it) => it.seq);
  const returned = journal
    ? recordsOf(journal, "healer")
        .filter((it) => it.state === "on")
        .map((it) => it.seq)
    : [];
  const from = act.measuredFrom === "fault-end" ? "lifted" : "injected";
  const started = act.act === "restored" ? returned.slice(0, 1) : seqsOf(from);
  const last = act.recoveryEvidence?.seqs ?? act.signals.flatMap((it) => it.outages.at(-1)?.evidence.seqs ?? []);
  const rows: Piece[] = [
    fact(
      "verdict",
      html`<strong>${act.verdict.kind}</strong>${act.verdict.kind === "inconclusive" && html`: <strong>${act.verdict.reason}</strong>. ${reasonMeaning[act.verdict.reason]}`} <span class="quiet">(claimed: ${claimedText(act)})</span>`,
    ),
    fact(
      "recovery",
      html`<strong class="figure">${upperFirst(recoveryText(act))}</strong> <span class="quiet">against a budget of</span> <span class="figure">${plain(act.budget)}</span>${references.links([...started, ...last])}`,
    ),
    act.origin &&
      fact(
        act.act === "restored" ? "healer back" : from === "lifted" ? "fault over" : "injected",
        html`${span(act.origin, zero)}${act.fault !== undefined && html`: ${act.fault}`}${references.links(started)}`,
      ),
    act.bitten && fact("seen to bite", html`${span(act.bitten, zero)}${references.links(seqsOf("bitten"))}`),
    fact(
      "healed by",
      html`<strong>${healedByText(act.attribution.healer)}</strong>${evidenceList(act.attribution.evidence, references)}`,
    ),
    act.corroboration.length > 0 &&
      fact("agrees", html`<ul>${act.corroboration.map((it) => agreement(it, references))}</ul>`),
    act.checks.length > 0 && fact("besides", html`<ul>${act.checks.map((it) => agreement(it, references))}</ul>`),
    act.signals.length > 0 && fact("signals", html`<ul>${act.signals.map((it) => signal(it, references, zero))}</ul>`),
  ];
  const title =
    trial.acts.length > 1 &&
    html`<h5>${actTitle(trial, act)}: ${actResult(act)}</h5>
`;
  return html`${title}<dl class="facts">
${rows}</dl>
`;
}

const fact = (name: string, value: Piece): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`;

const span = ({ earliest, latest }: Moment, zero: number): Html =>
  html`<span class="figure">${formatOffset(earliest - zero)} to ${formatOffset(latest - zero)}</span>`;

const mostEvidence = 12;

function evidenceList(evidence: readonly Evidence[], references: References): Piece {
  if (evidence.length === 0) return undefined;
  const shown = evidence.slice(0, mostEvidence);
  const more = evidence.length - shown.length;
  return html`<ul>${shown.map((it) => html`<li>${it.text}${references.links(it.seqs)}</li>`)}${more > 0 && html`<li class="more">… and ${more} more</li>`}</ul>`;
}

/** What was looked for is said only where the evidence does not name it. */
function agreement(
  { condition, agrees, evidence }: Pick<CheckJudgement, "condition" | "agrees" | "evidence">,
  references: References,
): Html {
  const named = evidence.text.includes(condition.replace(/ (increases|is kept)$/, ""));
  return html`<li><strong>${agrees}</strong>: ${!named && html`<code>${condition}</code>, `}${evidence.text}${references.links(evidence.seqs)}</li>`;
}

const mostOutages = 5;

function signal(it: ActJudgement["signals"][number], references: References, zero: number): Html {
  const shown = it.outages
    .slice(0, mostOutages)
    .map(
      ({ began, ended, evidence }) =>
        html`<br/>bad, beginning ${span(began, zero)}, ${ended ? html`ending ${span(ended, zero)}` : "and still bad when the watching ended"}${references.links(evidence.seqs)}`,
    );
  const more = it.outages.length - mostOutages;
  return html`<li><code>${it.condition}</code><span class="quiet">, ${it.samples.toLocaleString("en")} samples, at most ${formatDuration(it.largestGap)} apart</span>${references.links(it.seqs)}${it.outages.length === 0 ? html`<br/>never looked bad` : shown}${more > 0 && html`<br/>and ${more} more times`}</li>`;
}

function files(journal: Journal | undefined, record: TrialRecord | undefined): Piece {
  const kept = journal ? recordsOf(journal, "evidence") : [];
  if (!record || kept.length === 0) return undefined;
  return html`<p class="files"><span class="quiet">Kept:</span> ${kept.map(({ file, what }) => {
    const link = fileLink(record.folder, file);
    return html`${link === undefined ? html`<span>${what}</span>` : html`<a href="${link}" title="${file}">${what}</a>`} `;
  })}</p>`;
}

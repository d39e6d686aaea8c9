import type { ActJudgement, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import { plain } from "../judge/words.ts";
import { trialAnchor } from "./anchors.ts";
import { type Html, html, type Piece } from "./html.ts";
import { interval, mark, pc } from "./marks.ts";
import { outcomeIcon } from "./outcome-icon.ts";
import { actResult, actTitle, healedByText, toneOf, upperFirst } from "./words.ts";

/** A scenario's trial and its controls under one another, on one scale: with the healer, without it, and with it switched on again. */
export function proof({ trial, controls }: ScenarioJudgement): Html {
  const rows = [trial, ...controls].flatMap((of) => of.acts.map((act) => ({ of, act })));
  if (rows.length === 0) return html``;
  const longest = Math.max(...rows.map(({ act }) => reach(act)));
  return html`<div class="proof">
${rows.map(({ of, act }) => row(of, act, longest * 1.04))}</div>`;
}

const reach = (act: ActJudgement): number => Math.max(act.budget, act.recovery?.atMost ?? 0, act.watchedFor ?? 0, 1);

function row(of: TrialJudgement, act: ActJudgement, longest: number): Html {
  return html`<div class="proof-row ${act.outcome}">
<div class="proof-name">${outcomeIcon(act.outcome)} <a href="#${trialAnchor(of.id)}">${title(of, act)}</a></div>
<div class="proof-result">${upperFirst(actResult(act))}${by(act)}</div>
<div class="proof-bar">${bar(act, longest)}</div>
</div>
`;
}

const title = (of: TrialJudgement, act: ActJudgement): string =>
  act.act === "main" && !of.control ? `As it is: ${act.fault ?? "the fault"}` : actTitle(of, act);

const by = (act: ActJudgement): Piece =>
  act.recovery !== undefined &&
  act.attribution.healer !== "unknown" &&
  act.attribution.healer !== "nobody" &&
  html`, <span class="quiet">by ${healedByText(act.attribution.healer)}</span>`;

function bar(act: ActJudgement, longest: number): Html {
  const x = (ms: number): number => Math.min(100, (ms / longest) * 100);
  const y = 10;
  const { recovery, watchedFor } = act;
  const waited = recovery?.atLeast ?? watchedFor;
  const tone = toneOf(act);
  return html`<svg class="bar" width="100%" height="32" role="img" aria-label="${actResult(act)}; budget ${plain(act.budget)}">
<rect class="track" x="0" y="${y - 7}" width="${pc(x(act.budget))}" height="14"/>
${waited !== undefined && html`<rect class="waiting ${tone}" x="0" y="${y - 2.5}" width="${pc(x(waited))}" height="5"/>`}
${recovery && interval(`interval ${tone}`, x(recovery.atLeast), x(recovery.atMost), y, actResult(act))}
${!recovery && watchedFor !== undefined && mark("never", x(watchedFor), y, actResult(act))}
<line class="due" x1="${pc(x(act.budget))}" x2="${pc(x(act.budget))}" y1="${y - 9}" y2="${y + 9}"/>
<text class="axis" x="0" y="30">0 s</text>
<text class="axis" x="${pc(x(act.budget))}" y="30" text-anchor="${x(act.budget) > 80 ? "end" : "middle"}">budget ${plain(act.budget)}</text>
</svg>`;
}

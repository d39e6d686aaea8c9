import type { ActJudgement, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import { spreadOf } from "../judge/together.ts";
import { worst } from "../judge/verdict.ts";
import { plain } from "../judge/words.ts";
import { trialAnchor } from "./anchors.ts";
import { type Html, html, type Piece } from "./html.ts";
import { interval, mark, pc } from "./marks.ts";
import { outcomeIcon } from "./outcome-icon.ts";
import { actResult, actTitle, healedByText, toneOf, upperFirst } from "./words.ts";

/**
 * A scenario's trial and its controls under one another, on one scale: with the healer, without it, and with it switched on again. Of
 * several trials all recoveries stand in one row.
 */
export function proof({ trial, again, controls }: ScenarioJudgement): Html {
  const rows = [
    ...trial.acts.map((act): Row => {
      const repeated = again.flatMap((it) => it.acts.filter((other) => other.act === act.act));
      return { of: trial, acts: [act, ...repeated] };
    }),
    ...controls.flatMap((of) => of.acts.map((act): Row => ({ of, acts: [act] }))),
  ];
  if (rows.length === 0) return html``;
  const longest = Math.max(...rows.flatMap(({ acts }) => acts.map(reach)));
  return html`<div class="proof">
${rows.map((it) => row(it, longest * 1.04))}</div>`;
}

/** The same act of one trial, and of those that repeat it. */
interface Row {
  readonly of: TrialJudgement;
  readonly acts: readonly [ActJudgement, ...ActJudgement[]];
}

const reach = (act: ActJudgement): number => Math.max(act.budget, act.recovery?.atMost ?? 0, act.watchedFor ?? 0, 1);

function row({ of, acts }: Row, longest: number): Html {
  const [act] = acts;
  const outcome = worst(acts);
  const deciding = acts.find((it) => it.outcome === outcome) ?? act;
  return html`<div class="proof-row ${outcome}">
<div class="proof-name">${outcomeIcon(outcome)} <a href="#${trialAnchor(of.id)}">${title(of, acts)}</a></div>
<div class="proof-result">${upperFirst(result(acts, deciding))}${by(deciding)}</div>
<div class="proof-bar">${bar(acts, longest)}</div>
</div>
`;
}

function result(acts: Row["acts"], deciding: ActJudgement): string {
  const spread = acts.length > 1 && deciding.outcome === "proven" ? spreadOf(acts) : undefined;
  return actResult(spread ? { ...deciding, recovery: spread } : deciding);
}

function title(of: TrialJudgement, acts: Row["acts"]): string {
  const [act] = acts;
  if (act.act !== "main" || of.control) return actTitle(of, act);
  return `As it is${acts.length > 1 ? `, ${acts.length} times` : ""}: ${act.fault ?? "the fault"}`;
}

const by = (act: ActJudgement): Piece =>
  act.recovery !== undefined &&
  act.attribution.healer !== "unknown" &&
  act.attribution.healer !== "nobody" &&
  html`, <span class="quiet">by ${healedByText(act.attribution.healer)}</span>`;

function bar(acts: Row["acts"], longest: number): Html {
  const x = (ms: number): number => Math.min(100, (ms / longest) * 100);
  const y = 10;
  const [{ budget }] = acts;
  const waited = Math.min(...acts.flatMap((it) => it.recovery?.atLeast ?? it.watchedFor ?? []));
  const due = x(budget);
  return html`<svg class="bar${acts.length > 1 && " several"}" width="100%" height="32" role="img" aria-label="${acts.map(actResult).join(", ")}; budget ${plain(budget)}">
<rect class="track" x="0" y="${y - 7}" width="${pc(due)}" height="14"/>
${Number.isFinite(waited) && html`<rect class="waiting ${toneOf(acts[0])}" x="0" y="${y - 2.5}" width="${pc(x(waited))}" height="5"/>`}
${acts.map((act) => cameBack(act, x, y))}
<line class="due" x1="${pc(due)}" x2="${pc(due)}" y1="${y - 9}" y2="${y + 9}"/>
<text class="axis" x="0" y="30">0 s</text>
<text class="axis" x="${pc(due)}" y="30" text-anchor="${due > 80 ? "end" : "middle"}">budget ${plain(budget)}</text>
</svg>`;
}

function cameBack(act: ActJudgement, x: (ms: number) => number, y: number): Piece {
  const { recovery, watchedFor } = act;
  if (recovery) return interval(`interval ${toneOf(act)}`, x(recovery.atLeast), x(recovery.atMost), y, actResult(act));
  return watchedFor !== undefined && mark("never", x(watchedFor), y, actResult(act));
}

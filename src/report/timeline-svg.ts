import type { ActJudgement } from "../judge/judgement.ts";
import { plain } from "../judge/words.ts";
import { formatInterval, type Instant, later } from "../time.ts";
import { type Html, html, type Piece } from "./html.ts";
import { interval, mark, pc } from "./marks.ts";
import { axisOf, type FaultSpan, type Lane, type Timeline } from "./timeline.ts";
import { actResult, formatOffset, toneOf } from "./words.ts";

/**
 * Draws a timeline. Across, all places are percentages, so the picture takes any width while its text keeps its size:
 * no scaling, no scrolling, one picture for a phone and a wide screen. What needs room is marked `wide` and left out by the
 * style sheet where there is none. States differ by height and hatching, not by colour alone.
 */
export function timelineSvg(timeline: Timeline, id: string, title: string): Html {
  const scale = (at: Instant): number => clamp(((at - timeline.from) / (timeline.to - timeline.from)) * 100);
  const rows = timeline.lanes.map((lane, index) => drawLane(lane, laneTop + index * laneHeight, scale, timeline.zero));
  const bottom = laneTop + timeline.lanes.length * laneHeight;
  const height = bottom + 24;
  return html`<svg class="timeline" width="100%" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description(timeline)}</desc>
${grid(timeline, scale, bottom)}
${rows}
</svg>`;
}

const laneTop = 4;
const laneHeight = 38;
/** From a lane's top to the middle of its bar; its label is above. */
const middle = 24;

type Scale = (at: Instant) => number;

const clamp = (percent: number): number => Math.min(100, Math.max(0, percent));

function description({ lanes, zeroIs }: Timeline): string {
  return `Lanes, from top to bottom: ${lanes.map((it) => it.label).join("; ")}. Seconds since ${zeroIs}.`;
}

function grid(timeline: Timeline, scale: Scale, bottom: number): Piece {
  const { ticks } = axisOf(timeline);
  const lines = ticks.map(({ at, label, narrow }) => {
    const x = scale(at);
    const anchor = x < 4 ? "start" : x > 96 ? "end" : "middle";
    return html`<g class="${narrow ? "tick" : "tick wide"}"><line x1="${pc(x)}" x2="${pc(x)}" y1="0" y2="${bottom}"/><text x="${pc(x)}" y="${bottom + 15}" text-anchor="${anchor}">${label}</text></g>
`;
  });
  const guides = timeline.guides.map(({ at, kind }) => {
    const x = pc(scale(at));
    return html`<line class="guide ${kind}" x1="${x}" x2="${x}" y1="0" y2="${bottom}"/>
`;
  });
  return [lines, guides];
}

function drawLane(lane: Lane, top: number, scale: Scale, zero: Instant): Html {
  return html`<g class="lane ${lane.kind}">
${laneLabel(lane, top, zero)}
${laneBar(lane, top + middle, scale, zero)}
</g>
`;
}

/** Where a label is too long for a phone it is written twice: whole, and with its middle left out. */
function laneLabel(lane: Lane, top: number, zero: Instant): Piece {
  const write = (kind: "" | "wide" | "slim", most: number, suffix: string) =>
    html`<text class="label ${kind}" x="0" y="${top + 11}">${shortened(lane.label, most - suffix.length)}<tspan class="note">${suffix}</tspan></text>`;
  const [whole, brief] = labelSuffix(lane, zero);
  if (lane.label.length + whole.length <= slimLetters) return write("", slimLetters, whole);
  return [write("wide", 110, whole), write("slim", slimLetters, brief)];
}

/** So many letters fit across a phone. */
const slimLetters = 48;

/** What is said behind a lane's name: in full, and in few words. */
function labelSuffix(lane: Lane, zero: Instant): [whole: string, brief: string] {
  switch (lane.kind) {
    case "recovery": {
      const result = `: ${laneResult(lane.act)}`;
      return [`${result}, budget ${plain(lane.act.budget)}`, result];
    }
    case "fault":
      return lane.fault.missed ? [", never seen to bite", ", not seen"] : ["", ""];
    case "counter": {
      const first = lane.steps.find((it) => it.by > 0);
      const rose = first ? `, rose ${formatOffset(first.at - zero)}` : ", did not rise";
      return [rose, rose];
    }
    default:
      return ["", ""];
  }
}

/** The reason of an inconclusive verdict is told elsewhere: here is no room for it. */
function laneResult(act: ActJudgement): string {
  if (act.verdict.kind !== "inconclusive") return actResult(act);
  return `inconclusive${act.recovery ? ` (${formatInterval(act.recovery)})` : ""}`;
}

/** The middle left out, because names differ at their ends. */
export function shortened(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const head = Math.max(1, Math.ceil((most - 1) * 0.55));
  const tail = Math.max(0, most - 1 - head);
  return `${letters.slice(0, head).join("")}…${tail > 0 ? letters.slice(-tail).join("") : ""}`;
}

function laneBar(lane: Lane, y: number, scale: Scale, zero: Instant): Piece {
  switch (lane.kind) {
    case "phases":
      return lane.phases.map((it, index) => phase(it.phase, it.from, it.to, index, y, scale, zero));
    case "fault":
      return fault(lane.fault, y, scale, zero);
    case "healer":
      return lane.off.map(({ from, to }) =>
        bar(
          "off",
          from,
          to,
          y,
          12,
          scale,
          `switched off from ${formatOffset(from - zero)} to ${formatOffset(to - zero)}`,
        ),
      );
    case "signal":
      return lane.spans.map((it) =>
        bar(
          it.state,
          it.from,
          it.to,
          y,
          spanHeight[it.state],
          scale,
          `${spanWord[it.state]} from ${formatOffset(it.from - zero)} to ${formatOffset(it.to - zero)}${it.samples > 0 ? ` (${it.samples} samples)` : ""}`,
        ),
      );
    case "counter":
      return [
        lane.spans.map((it) =>
          bar(
            it.state === "gap" ? "gap" : "known",
            it.from,
            it.to,
            y,
            it.state === "gap" ? 8 : 2,
            scale,
            it.state === "gap" ? spanWord.gap : "",
          ),
        ),
        lane.steps.map((it) =>
          mark(
            it.by > 0 ? "rise" : "reset",
            scale(it.at),
            y,
            `${it.by > 0 ? "rose" : "was reset"} to ${it.to} at ${formatOffset(it.at - zero)}`,
          ),
        ),
      ];
    case "events":
      return [
        html`<line class="base" x1="0" x2="100%" y1="${y}" y2="${y}"/>`,
        lane.events.map((it) =>
          mark(it.mark, scale(it.when.earliest), y, `${it.action} at ${formatOffset(it.when.earliest - zero)}`),
        ),
      ];
    case "recovery":
      return recovery(lane, y, scale);
  }
}

const spanHeight = { good: 4, bad: 14, between: 1.5, gap: 9 } as const;
const spanWord = { good: "good", bad: "bad", between: "between two samples", gap: "no samples" } as const;

function bar(kind: string, from: Instant, to: Instant, y: number, height: number, scale: Scale, title: string): Html {
  const [x, end] = [scale(from), scale(to)];
  if (end <= 0 || x >= 100) return html``;
  return html`<rect class="${kind}" x="${pc(x)}" y="${y - height / 2}" width="${pc(Math.max(end - x, 0.2))}" height="${height}">${title !== "" && html`<title>${title}</title>`}</rect>
`;
}

function phase(name: string, from: Instant, to: Instant, index: number, y: number, scale: Scale, zero: Instant): Html {
  const [x, end] = [scale(from), scale(to)];
  if (end <= 0 || x >= 100) return html``;
  const width = end - x;
  const needs = name.length * 6.2 + 8;
  const fits = (screen: number) => (width / 100) * screen >= needs;
  const label = fits(300) ? "" : fits(660) ? "wide" : undefined;
  return html`<g class="phase ${index % 2 === 0 ? "even" : "odd"}"><title>${name}, from ${formatOffset(from - zero)} to ${formatOffset(to - zero)}</title><rect x="${pc(x)}" y="${y - 8}" width="${pc(Math.max(width, 0.15))}" height="16"/>${label !== undefined && html`<text class="${label}" x="${pc(x + width / 2)}" y="${y + 4}" text-anchor="middle">${name}</text>`}</g>
`;
}

function fault(
  { injected, bitten, missed, lastedUntil, end }: FaultSpan,
  y: number,
  scale: Scale,
  zero: Instant,
): Piece {
  const from = injected?.earliest ?? bitten?.earliest;
  const seen = bitten ?? missed;
  return [
    from !== undefined &&
      lastedUntil !== undefined &&
      bar(
        "force",
        from,
        lastedUntil,
        y,
        10,
        scale,
        `in force from ${formatOffset(from - zero)}, ${end} ${formatOffset(lastedUntil - zero)}`,
      ),
    injected &&
      mark(
        "injected",
        scale(injected.earliest),
        y,
        `injected ${formatOffset(injected.earliest - zero)} to ${formatOffset(injected.latest - zero)}`,
      ),
    seen &&
      mark(
        bitten ? "bitten" : "missed",
        scale(seen.latest),
        y,
        `${bitten ? "bitten" : "not seen to bite"}, ${formatOffset(seen.earliest - zero)} to ${formatOffset(seen.latest - zero)}`,
      ),
    lastedUntil !== undefined &&
      end !== "last seen" &&
      mark("over", scale(lastedUntil), y, `${end} ${formatOffset(lastedUntil - zero)}`),
  ];
}

/** Not back for sure, then the interval in which it came back, on the track of its budget. */
function recovery({ act, origin }: Extract<Lane, { kind: "recovery" }>, y: number, scale: Scale): Piece {
  const start = scale(origin.earliest);
  const due = later(origin.latest, act.budget);
  const tone = toneOf(act);
  const back = act.recoveredAt;
  const watched = act.watchedFor === undefined ? undefined : later(origin.latest, act.watchedFor);
  const waited = back?.earliest ?? watched;
  return [
    bar("track", origin.earliest, due, y, 14, scale, `budget ${plain(act.budget)}`),
    waited !== undefined && bar(`waiting ${tone}`, origin.earliest, waited, y, 5, scale, "not back"),
    back &&
      act.recovery &&
      interval(`interval ${tone}`, scale(back.earliest), scale(back.latest), y, formatInterval(act.recovery)),
    watched !== undefined && !back && mark("never", scale(watched), y, actResult(act)),
    html`<line class="due" x1="${pc(scale(due))}" x2="${pc(scale(due))}" y1="${y - 9}" y2="${y + 9}"><title>budget ${plain(act.budget)}</title></line>`,
    html`<line class="start" x1="${pc(start)}" x2="${pc(start)}" y1="${y - 7}" y2="${y + 7}"/>`,
  ];
}

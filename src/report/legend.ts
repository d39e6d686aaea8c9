import { type Html, html } from "./html.ts";
import { type Mark, markIcon } from "./marks.ts";
import type { Lane, Timeline } from "./timeline.ts";
import { toneOf } from "./words.ts";

/** What the signs of one picture mean: only those that are in it. */
export function legend({ lanes }: Timeline): Html {
  const states = new Set(lanes.flatMap((it) => ("spans" in it ? it.spans.map((span) => span.state) : [])));
  const marks = new Set(lanes.flatMap(marksOf));
  const keys = [
    ...(["good", "bad", "between", "gap"] as const)
      .filter((it) => states.has(it))
      .map((it) => ({ icon: swatch(it), text: stateWords[it] })),
    ...[...new Set(lanes.flatMap((it) => (it.kind === "recovery" && it.act.recovery ? toneOf(it.act) : [])))].map(
      (it) => ({
        icon: swatch("interval", it),
        text: "came back in here",
      }),
    ),
    ...(lanes.some((it) => it.kind === "recovery") ? [{ icon: swatch("track"), text: "budget" }] : []),
    ...[...marks].map((it) => ({ icon: markIcon(it), text: markWords[it] })),
  ];
  return html`<span class="legend">${keys.map(({ icon, text }) => html`<span>${icon} ${text}</span> `)}</span>`;
}

const stateWords = { good: "good", bad: "bad", between: "between two samples", gap: "no samples" } as const;
const heights = { good: 4, bad: 14, between: 1.5, gap: 9, interval: 14, track: 14 } as const;

const swatch = (kind: keyof typeof heights, tone = ""): Html =>
  html`<svg class="key" width="20" height="18" aria-hidden="true"><rect class="${kind} ${tone}" x="1" y="${9 - heights[kind] / 2}" width="18" height="${heights[kind]}"/></svg>`;

const markWords: Record<Mark, string> = {
  died: "died or killed",
  started: "started",
  restarted: "restarted",
  stopped: "stopped",
  unhealthy: "unhealthy",
  healthy: "healthy",
  other: "other event",
  injected: "injected",
  bitten: "seen to bite",
  missed: "not seen to bite",
  over: "fault over",
  never: "did not come back",
  rise: "counter rose",
  reset: "counter reset",
  back: "back",
};

function marksOf(lane: Lane): Mark[] {
  switch (lane.kind) {
    case "events":
      return lane.events.map((it) => it.mark);
    case "counter":
      return lane.steps.map((it) => (it.by > 0 ? "rise" : "reset"));
    case "fault":
      return [
        ...(lane.fault.injected ? (["injected"] as const) : []),
        ...(lane.fault.bitten ? (["bitten"] as const) : []),
        ...(lane.fault.missed ? (["missed"] as const) : []),
        ...(lane.fault.end === "ended" || lane.fault.end === "undone" ? (["over"] as const) : []),
      ];
    case "recovery":
      return lane.act.watchedFor !== undefined && !lane.act.recovery ? ["never"] : [];
    default:
      return [];
  }
}

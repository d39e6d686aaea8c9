import { type Html, html } from "./html.ts";
import type { EventMark } from "./timeline.ts";

/** The small shapes and hatchings that pictures are made of, each with a meaning of its own, so that none needs its colour. */

export const pc = (percent: number): string => `${Number(percent.toFixed(2))}%`;

/** At least 3 px wide, so that a good measurement can be seen. */
export function interval(kind: string, from: number, to: number, y: number, title: string): Html {
  return html`<rect class="${kind}" x="${pc(from)}" y="${y - 7}" width="${pc(to - from)}" height="14"><title>${title}</title></rect><rect class="${kind}" x="${pc(from)}" y="${y - 7}" width="3" height="14"><title>${title}</title></rect>`;
}

export type Mark = EventMark | "injected" | "bitten" | "missed" | "over" | "never" | "rise" | "reset" | "back";

const shapes: Record<Mark, string> = {
  died: "M-4-4 4 4M4-4-4 4",
  started: "M-4 5V-5L5 0Z",
  restarted: "M3.5-3.5A5 5 0 1 0 5 0M5-6V-2.5H1.5",
  stopped: "M-4-4H4V4H-4Z",
  unhealthy: "M0-6 6 0 0 6-6 0Z",
  healthy: "M0-6 6 0 0 6-6 0Z",
  other: "M0-6V6",
  injected: "M0-9V9",
  bitten: "M-5-8H5L0 1Z",
  missed: "M-5-8H5L0 1Z",
  over: "M0-7V7M-3-7H3M-3 7H3",
  never: "M2-5 7 0 2 5M7-5 12 0 7 5",
  rise: "M-5 5 0-6 5 5Z",
  reset: "M-4-4 0 4 4-4",
  back: "M-5 0-1.5 4 5-4",
};

/** A small shape with a meaning of its own, so that it is told apart without its colour. */
export function mark(kind: Mark, x: number, y: number, title: string): Html {
  if (x <= 0 && kind !== "injected") return html``;
  return html`<svg x="${pc(x)}" y="${y}" overflow="visible"><path class="mark ${kind}" d="${shapes[kind]}"><title>${title}</title></path></svg>
`;
}

/** One mark alone, for a legend. */
export function markIcon(kind: Mark): Html {
  return html`<svg class="key" width="16" height="18" viewBox="${kind === "never" ? -1 : -8} -10 16 20" aria-hidden="true"><path class="mark ${kind}" d="${shapes[kind]}"/></svg>`;
}

/** The hatchings that the pictures share, once for each page. */
export const patterns = html`<svg width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="hatch-bad" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="5" height="5"/><rect class="hatch-line" width="2" height="5"/></pattern>
<pattern id="hatch-off" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="hatch-off-line" width="1.2" height="6"/></pattern>
</defs></svg>`;

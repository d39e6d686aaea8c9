import type { Outcome } from "../judge/judgement.ts";
import { type Html, html } from "./html.ts";

const shapes: Record<Outcome, string> = {
  proven: "M4.5 8.4 7 10.8 11.6 5.6",
  refuted: "M5.2 5.2 10.8 10.8M10.8 5.2 5.2 10.8",
  inconclusive: "M5.8 6.3C5.8 3.6 10.2 3.7 10.2 6.3 10.2 8 8 8 8 9.6M8 11.8V12",
};

/** A sign in a disc, and its word for those who do not see it. */
export function outcomeIcon(outcome: Outcome): Html {
  return html`<svg class="outcome ${outcome}" width="16" height="16" viewBox="0 0 16 16" role="img" aria-label="${outcome}"><circle cx="8" cy="8" r="8"/><path d="${shapes[outcome]}"/></svg>`;
}

import type { Journal, JournalRecord } from "../journal.ts";
import { type Html, html } from "./html.ts";

/** An id that keeps names readable and distinct names distinct, whatever they hold: `app-hang/without-watchdog` is `app-hang.without-watchdog`. */
export function slug(name: string): string {
  return name.replace(/[^a-zA-Z0-9-]/gu, (it) => (it === "/" ? "." : `_${(it.codePointAt(0) ?? 0).toString(16)}_`));
}

export const scenarioAnchor = (scenario: string): string => `scenario-${slug(scenario)}`;
export const trialAnchor = (trial: string): string => `trial-${slug(trial)}`;

/** A path below the run's folder as a link. Undefined if it would lead out of it. Never a scheme of its own. */
export function fileLink(...parts: readonly string[]): string | undefined {
  const segments = parts
    .join("/")
    .split("/")
    .filter((it) => it !== "" && it !== ".");
  if (segments.some((it) => it === ".." || it.includes("\\"))) return undefined;
  return `./${segments.map((it) => encodeURIComponent(it.toWellFormed())).join("/")}`;
}

/** How many lines one piece of evidence links to; the others are counted. */
const mostLinks = 8;

/**
 * The journal lines that a trial's part of the page refers to. Only these are embedded, so each link made here leads somewhere.
 */
export class References {
  readonly #anchor: string;
  readonly #journal: Journal;
  readonly #seqs = new Set<number>();

  constructor(trial: string, journal: Journal | undefined) {
    this.#anchor = trialAnchor(trial);
    this.#journal = journal ?? [];
  }

  /** Links to lines of the journal, as small numbers behind a figure. */
  links(seqs: readonly number[]): Html {
    const wanted = [...new Set(seqs)].toSorted((a, b) => a - b);
    if (wanted.length === 0) return html``;
    const shown =
      wanted.length <= mostLinks ? wanted : [...wanted.slice(0, mostLinks / 2), ...wanted.slice(-mostLinks / 2)];
    const hidden = wanted.length - shown.length;
    const pieces = shown.map((seq, index) => [
      hidden > 0 && index === mostLinks / 2 ? html`<span class="more">… ${hidden} more …</span> ` : "",
      this.#link(seq),
      index < shown.length - 1 ? " " : "",
    ]);
    return html` <span class="refs">${pieces}</span>`;
  }

  #link(seq: number): Html {
    if (!this.#journal[seq])
      return html`<span class="ref" title="line ${seq} of a journal that is not at hand">${seq}</span>`;
    this.#seqs.add(seq);
    return html`<a class="ref" href="#${this.anchorOf(seq)}" aria-label="journal line ${seq}">${seq}</a>`;
  }

  anchorOf(seq: number): string {
    return `${this.#anchor}-seq-${seq}`;
  }

  /** What was linked to so far, in the journal's order. */
  cited(): JournalRecord[] {
    return [...this.#seqs].toSorted((a, b) => a - b).flatMap((seq) => this.#journal[seq] ?? []);
  }
}

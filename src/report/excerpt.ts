import type { Journal, JournalRecord, Sample } from "../journal.ts";
import { conditionsOf } from "../plan.ts";
import type { Reading } from "../scenario/condition/reading.ts";
import { readingOf } from "../scenario/conditions.ts";
import type { Instant } from "../time.ts";
import type { References } from "./anchors.ts";
import { fileLink } from "./anchors.ts";
import { type Html, html, type Piece } from "./html.ts";
import { formatOffset } from "./words.ts";

/**
 * The lines of a trial's journal that the page refers to, as an excerpt that is closed until a link opens it. Samples are
 * told in runs of equal values: a probe's line holds hundreds.
 */
export function excerpt(
  references: References,
  journal: Journal | undefined,
  folder: string | undefined,
  zero: Instant,
): Html {
  const cited = references.cited();
  const whole = folder === undefined ? undefined : fileLink(folder, "journal.ndjson");
  const total = journal?.length ?? 0;
  const link =
    whole === undefined
      ? html`the trial's <code>journal.ndjson</code>`
      : html`<a href="${whole}"><code>journal.ndjson</code></a>`;
  if (cited.length === 0) return html`<p class="quiet">No line of the journal is referred to. All of it: ${link}.</p>`;
  return html`<details class="excerpt"><summary>The journal lines behind these figures <span class="quiet">(${cited.length} of ${total})</span></summary>
<p class="quiet">First the line, then seconds since zero of the picture, then seconds of the trial's clock. All lines: ${link}.</p>
<ol class="lines">
${cited.map((it) => line(it, references.anchorOf(it.seq), zero, journal ?? []))}</ol>
</details>`;
}

function line(record: JournalRecord, id: string, zero: Instant, journal: Journal): Html {
  const at = "when" in record ? record.when.earliest : record.at;
  return html`<li id="${id}"><span class="seq">${record.seq}</span> <span class="at">${formatOffset(at - zero)}</span> <span class="at clock">${(at / 1000).toFixed(3)}</span> <span class="kind">${record.kind}</span> <span class="what">${told(record, zero, journal)}</span></li>
`;
}

const longest = 600;

function told(record: JournalRecord, zero: Instant, journal: Journal): Piece {
  if (record.kind === "samples") return samples(record, zero, readingFor(record.series, journal));
  if (record.kind === "header")
    return `run ${record.run}, trial ${record.plan.id}, seed ${record.seed}, started ${record.origin}`;
  const { seq: _, at: __, kind: ___, ...fact } = record;
  return Object.entries(fact).map(([name, value]) => html`<span class="field"><i>${name}</i> ${field(value)}</span> `);
}

function field(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value).replaceAll(",", ", ");
  return text.length > longest ? `${text.slice(0, longest)} … (${text.length} characters)` : text;
}

/** The first condition that reads a series says what is good in it, and what its values mean. */
function readingFor(series: string, journal: Journal): Reading | undefined {
  const [header] = journal;
  if (header?.kind !== "header") return undefined;
  return conditionsOf(header.plan)
    .map(readingOf)
    .find((it) => it.series === series);
}

const mostRuns = 12;

function samples({ series, items }: JournalRecord<"samples">, zero: Instant, reading: Reading | undefined): Piece {
  const runs: { first: Sample; last: Sample; count: number }[] = [];
  for (const it of items) {
    const last = runs.at(-1);
    if (last && last.first[2] === it[2] && last.first[3] === it[3]) {
      last.last = it;
      last.count += 1;
    } else runs.push({ first: it, last: it, count: 1 });
  }
  const shown = runs.slice(0, mostRuns).map(({ first, last, count }) => {
    const [from, to, value, note] = first;
    // Of a running total, what is good depends on the act.
    const state = reading && !reading.cumulative ? (reading.good({ from, to, value }) ? "good" : "bad") : "";
    const till = count > 1 ? ` … ${formatOffset(last[1] - zero)}` : ` to ${formatOffset(first[1] - zero)}`;
    return html`<span class="run ${state}">${formatOffset(from - zero)}${till}: <b>${reading?.say(value) ?? value}</b>${note !== undefined && ` (${note})`}${count > 1 && ` ×${count}`}${state !== "" && ` ${state}`}</span> `;
  });
  const more = runs.length - shown.length;
  return [html`<code>${series}</code> `, shown, more > 0 ? `… and ${more} more changes` : ""];
}

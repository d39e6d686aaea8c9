import type { Journal, JournalRecord } from "../journal.ts";
import type { TrialJudgement } from "../judge/judgement.ts";
import type { Instant } from "../time.ts";
import type { References } from "./anchors.ts";
import { type Html, html, type Piece } from "./html.ts";
import { type Mark, markIcon } from "./marks.ts";
import { markOf, type Timeline } from "./timeline.ts";
import { formatOffset } from "./words.ts";

/** What happened, as a list in the order of time: the picture in words, each with the journal line that says so. */

interface Happening {
  readonly at: Instant;
  readonly mark?: Mark;
  readonly text: Piece;
  readonly seqs: readonly number[];
}

const mostShown = 40;

export function happenings(
  trial: TrialJudgement,
  journal: Journal,
  { zero, from, to }: Timeline,
  references: References,
): Html {
  const all = [...journal.flatMap(told), ...recoveries(trial)]
    .filter((it) => it.at >= from && it.at <= to)
    .sort((a, b) => a.at - b.at);
  const shown = all.length <= mostShown ? all : [...all.slice(0, mostShown / 2), ...all.slice(-mostShown / 2)];
  const hidden = all.length - shown.length;
  const rows = shown.map((it, index) => [
    hidden > 0 &&
      index === mostShown / 2 &&
      html`<li class="more">… ${hidden} more, in the journal …</li>
`,
    html`<li><span class="at">${formatOffset(it.at - zero)}</span> ${it.mark ? markIcon(it.mark) : html`<span class="key"></span>`} <span>${it.text}${references.links(it.seqs)}</span></li>
`,
  ]);
  return html`<ol class="happenings">
${rows}</ol>`;
}

/** Looks that only confirm what was known are left to the journal. */
function told(record: JournalRecord): Happening[] {
  switch (record.kind) {
    case "fault":
      return fault(record);
    case "engine":
      return [{ at: record.when.earliest, mark: markOf(record.action), text: engine(record), seqs: [record.seq] }];
    case "healer": {
      const text = `${record.healer} switched ${record.state}: ${record.how}`;
      return [
        { at: record.when.latest, mark: record.state === "on" ? "started" : "stopped", text, seqs: [record.seq] },
      ];
    }
    case "error":
      return [
        {
          at: record.at,
          mark: "died",
          text: `error in the trial itself: ${record.code}: ${record.message}`,
          seqs: [record.seq],
        },
      ];
    default:
      return [];
  }
}

function fault({ stage, when, detail, seq }: JournalRecord<"fault">): Happening[] {
  const seqs = [seq];
  switch (stage) {
    case "injected":
      return [{ at: when.earliest, mark: "injected", text: `fault injected: ${detail}`, seqs }];
    case "bitten":
      return [{ at: when.latest, mark: "bitten", text: `seen to bite: ${detail}`, seqs }];
    case "missed":
      return [{ at: when.latest, mark: "missed", text: `not seen to bite: ${detail}`, seqs }];
    case "ended":
      return [{ at: when.latest, mark: "over", text: `fault no longer in force: ${detail}`, seqs }];
    case "lifted":
      return [{ at: when.latest, mark: "over", text: `its time was over, put back by healproof: ${detail}`, seqs }];
    case "undone":
      return [{ at: when.latest, mark: "over", text: `put back by healproof: ${detail}`, seqs }];
    default:
      return [];
  }
}

function engine({ service, action, attributes }: JournalRecord<"engine">): Piece {
  const more = Object.entries(attributes).map(([key, value]) => `${key} ${value}`);
  return html`<code>${service}</code> ${action}${more.length > 0 && html` <span class="quiet">${more.join(", ")}</span>`}`;
}

function recoveries(trial: TrialJudgement): Happening[] {
  return trial.acts.flatMap((act) =>
    act.recoveredAt
      ? [
          {
            at: act.recoveredAt.latest,
            mark: "back" as const,
            text:
              act.verdict.kind === "escalated" || act.verdict.kind === "held"
                ? html`<strong>so at the latest</strong>: every condition holds and keeps holding`
                : html`<strong>back at the latest</strong>: every recovery condition holds and keeps holding`,
            seqs: act.recoveryEvidence?.seqs ?? [],
          },
        ]
      : [],
  );
}

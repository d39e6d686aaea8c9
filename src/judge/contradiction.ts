import type { Journal } from "../journal.ts";
import { type Instant, type Moment, moment, ms } from "../time.ts";
import { corroborate } from "./corroboration.ts";
import type { ActHistory } from "./history.ts";
import type { CorroborationJudgement } from "./judgement.ts";
import type { Signal } from "./recovery.ts";

/**
 * What was to corroborate a recovery and came true by the end of the watching, though nothing recovered: it tells of a healing that was
 * none. systemd's count is no such word: it says only that a unit was restarted.
 */
export function contradictions(
  journal: Journal,
  history: ActHistory,
  signals: readonly Signal[],
  end: Instant,
): CorroborationJudgement[] {
  const { recovery, ...act } = history.act;
  const corroboratedBy = recovery.corroboratedBy
    .filter((it) => !("unit" in it))
    .map((it) => ({ ...it, within: ms(0) }));
  const soFar = { ...history, act: { ...act, recovery: { ...recovery, corroboratedBy } } };
  return corroborate(journal, soFar, moment(end, end))
    .judgements.filter(({ rose }) => rose.some((it) => signals.some((signal) => wasBadSince(signal, it))))
    .map(({ condition, evidence: { text, seqs } }) => ({
      condition,
      agrees: "no",
      evidence: { text: `contradiction: ${text}, as of a healing, and nothing recovered`, seqs },
    }));
}

/** Whether it was bad from then on to the end, or had been ever since the fault: one that was back for a moment may have been healed. */
const wasBadSince = ({ outages }: Signal, { earliest }: Moment): boolean =>
  outages.some((it) => !it.firstGood && (outages.length === 1 || it.firstBad.from <= earliest));

import { headerOf, type Journal, type JournalRecord } from "../journal.ts";
import { type Instant, instant } from "../time.ts";
import { historyOf } from "./history.ts";
import type { LedgerJudgement } from "./judgement.ts";
import { signalsOf } from "./signals.ts";
import type { Doubt } from "./unfinished.ts";
import { atInstant } from "./words.ts";

type Found = JournalRecord<"ledger">;

const foundIn = (journal: Journal): Found | undefined => journal.findLast((it) => it.kind === "ledger");

/** What the stack's ledger found, if it was asked. Operations whose answer never came may be there or not: they say nothing. */
export function ledgerOf(journal: Journal): LedgerJudgement | undefined {
  const found = foundIn(journal);
  if (!found) return undefined;
  const { acknowledged, lost, doubled, seq } = found;
  const lossExpected = headerOf(journal).plan.ledger?.lossExpected;
  const said = [...named(lost, "lost"), ...named(doubled, "there twice")];
  const meaning = lossExpected ? "as it must be said here" : "a recovery that lost data is none";
  const text =
    said.length > 0
      ? `of ${acknowledged} acknowledged operations ${said.join(" and ")}: ${meaning}`
      : `${allThere(found)}${lossExpected ? ": here some must be lost, so this ledger has not shown that it notices" : ""}`;
  return { acknowledged, lost, doubled, ...(lossExpected ? { lossExpected } : {}), evidence: { text, seqs: [seq] } };
}

const nothingAcknowledged = "nothing was acknowledged, so that nothing is lost proves nothing";

function allThere({ acknowledged, indeterminate, lastAcknowledged }: Found): string {
  if (acknowledged === 0) return nothingAcknowledged;
  const open = indeterminate.present + indeterminate.absent;
  const unanswered = open > 0 ? ` (${open} were never answered)` : "";
  const untold = lastAcknowledged
    ? ""
    : "; when the last was acknowledged is not told, so it may be from before the fault";
  return `all ${acknowledged} acknowledged operations are there, each once${unanswered}${untold}`;
}

/**
 * Whether the ledger found what it must: nothing amiss; in a control that loses data, that loss and nothing else. Where nothing was
 * acknowledged nothing could be lost: that is a doubt.
 */
export const isAsClaimed = ({ acknowledged, lost, doubled, lossExpected }: LedgerJudgement): boolean =>
  doubled.length === 0 && lost.length > 0 === (acknowledged > 0 && (lossExpected ?? false));

/** Why a ledger that found nothing amiss proves nothing. */
export function ledgerDoubt(journal: Journal): Doubt | undefined {
  const { ledger } = headerOf(journal).plan;
  if (!ledger) return undefined;
  const reason = "ledger-unchecked";
  const found = foundIn(journal);
  if (!found) return { reason, text: "the ledger was not asked whether anything was lost" };
  if (found.acknowledged === 0) return { reason, text: nothingAcknowledged };
  const after = acknowledgedAfter(journal);
  const { lastAcknowledged } = found;
  if (!after || !lastAcknowledged || !endsBefore(found, after.at)) return undefined;
  const { service } = ledger;
  return {
    reason,
    text: `the last operation of the ledger was acknowledged ${atInstant(lastAcknowledged.latest)}, and ${after.what} was ${atInstant(after.at)}: that nothing is lost says nothing of what came after; see evidence/${service}.log why ${service} placed no more, or was not answered`,
  };
}

/**
 * What the last acknowledgement must come after: the last recovery. Where nothing is to recover (a person is called, say), all is
 * put back all the same: the fault. Of a stack that was changed, so that it may stay down, nothing is asked unless it did recover.
 */
export function acknowledgedAfter(journal: Journal): { readonly at: Instant; readonly what: string } | undefined {
  const { acts, control, variant } = headerOf(journal).plan;
  const histories = acts.map((act) => historyOf(journal, act));
  const recoveries = histories.flatMap((history) => {
    const recovery = history.act.goal === "recovery" ? signalsOf(journal, history)?.recovery : undefined;
    return recovery?.state === "recovered" ? [recovery.at.latest] : [];
  });
  if (recoveries.length > 0) return { at: instant(Math.max(...recoveries)), what: "the recovery" };
  if (control !== undefined || variant !== undefined) return undefined;
  const begun = histories.flatMap((it) => it.begun?.latest ?? []).at(-1);
  return begun === undefined ? undefined : { at: begun, what: "the fault" };
}

/** Whether a ledger that found nothing amiss has no acknowledgement that is surely from after that instant. One that does not tell is taken at its word. */
export function endsBefore(
  {
    lost,
    doubled,
    lastAcknowledged,
  }: {
    readonly lost: readonly string[];
    readonly doubled: readonly string[];
    readonly lastAcknowledged?: { readonly earliest: number } | undefined;
  },
  after: Instant | undefined,
): boolean {
  if (after === undefined || lastAcknowledged === undefined) return false;
  return lost.length + doubled.length === 0 && lastAcknowledged.earliest < after;
}

const most = 3;

function named(keys: readonly string[], what: string): string[] {
  if (keys.length === 0) return [];
  const some = keys.slice(0, most).join(", ");
  return [`${keys.length} ${keys.length === 1 ? "is" : "are"} ${what} (${some}${keys.length > most ? ", …" : ""})`];
}

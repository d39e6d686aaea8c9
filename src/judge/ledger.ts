import { headerOf, type Journal } from "../journal.ts";
import type { LedgerJudgement } from "./judgement.ts";

/** What the stack's ledger found, if it was asked. Operations whose answer never came may be there or not: they say nothing. */
export function ledgerOf(journal: Journal): LedgerJudgement | undefined {
  const found = journal.findLast((it) => it.kind === "ledger");
  if (!found) return undefined;
  const { acknowledged, lost, doubled, indeterminate, seq } = found;
  const lossExpected = headerOf(journal).plan.ledger?.lossExpected;
  const said = [...named(lost, "lost"), ...named(doubled, "there twice")];
  const open = indeterminate.present + indeterminate.absent;
  const meaning = lossExpected ? "as it must be said here" : "a recovery that lost data is none";
  const text =
    said.length > 0
      ? `of ${acknowledged} acknowledged operations ${said.join(" and ")}: ${meaning}`
      : `all ${acknowledged} acknowledged operations are there, each once${open > 0 ? ` (${open} were never answered)` : ""}${lossExpected ? ": here some must be lost, so this ledger has not shown that it notices" : ""}`;
  return { acknowledged, lost, doubled, ...(lossExpected ? { lossExpected } : {}), evidence: { text, seqs: [seq] } };
}

/** Whether the ledger found what it must: nothing amiss; in a control that loses data, that loss and nothing else. */
export const isAsClaimed = ({ lost, doubled, lossExpected }: LedgerJudgement): boolean =>
  doubled.length === 0 && lost.length > 0 === (lossExpected ?? false);

const most = 3;

function named(keys: readonly string[], what: string): string[] {
  if (keys.length === 0) return [];
  const some = keys.slice(0, most).join(", ");
  return [`${keys.length} ${keys.length === 1 ? "is" : "are"} ${what} (${some}${keys.length > most ? ", …" : ""})`];
}

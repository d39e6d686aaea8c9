import type { Journal } from "../journal.ts";
import type { LedgerJudgement } from "./judgement.ts";

/** What the stack's ledger found, if it was asked. Operations whose answer never came may be there or not: they say nothing. */
export function ledgerOf(journal: Journal): LedgerJudgement | undefined {
  const found = journal.findLast((it) => it.kind === "ledger");
  if (!found) return undefined;
  const { acknowledged, lost, doubled, indeterminate, seq } = found;
  const said = [...named(lost, "lost"), ...named(doubled, "there twice")];
  const open = indeterminate.present + indeterminate.absent;
  const text =
    said.length > 0
      ? `of ${acknowledged} acknowledged operations ${said.join(" and ")}: a recovery that lost data is none`
      : `all ${acknowledged} acknowledged operations are there, each once${open > 0 ? ` (${open} were never answered)` : ""}`;
  return { acknowledged, lost, doubled, evidence: { text, seqs: [seq] } };
}

export const isWhole = ({ lost, doubled }: LedgerJudgement): boolean => lost.length + doubled.length === 0;

const most = 3;

function named(keys: readonly string[], what: string): string[] {
  if (keys.length === 0) return [];
  const some = keys.slice(0, most).join(", ");
  return [`${keys.length} ${keys.length === 1 ? "is" : "are"} ${what} (${some}${keys.length > most ? ", …" : ""})`];
}

import type { Journal, JournalRecord } from "../journal.ts";
import type { ActHistory } from "./history.ts";
import type { Evidence } from "./judgement.ts";
import { listed } from "./words.ts";

/**
 * What others ran in containers where nobody is to touch anything. It decides nothing: who measures a disk runs a command for that, and the
 * engine does not tell what a command has changed.
 */
export function runMeanwhile(journal: Journal, { act, begun, horizon }: ActHistory): Evidence[] {
  if (!begun || act.goal === "recovery") return [];
  const run = journal
    .filter((it): it is JournalRecord<"command"> => it.kind === "command")
    .filter((it) => it.when.latest >= begun.earliest && it.when.earliest <= horizon);
  return [...Map.groupBy(run, (it) => it.service)].map(([service, commands]) => {
    const each = [...Map.groupBy(commands, (it) => it.command)];
    const texts = each.map(([command, { length }]) => `\`${command}\`${length === 1 ? "" : ` (${length} times)`}`);
    return {
      text: `somebody ran in ${service} meanwhile: ${listed(texts)}; what that changed, the engine does not tell`,
      seqs: each.flatMap(([, [first]]) => (first ? [first.seq] : [])),
    };
  });
}

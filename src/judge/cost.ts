import type { Journal, Phase } from "../journal.ts";
import { type Duration, type Instant, instant, ms } from "../time.ts";
import type { TrialJudgement } from "./judgement.ts";

/** How long a trial's stack took to come up (its phase `up`, before the observers look), and the whole trial, from its phase records. A phase that did not end lasted until the journal's last line. */
export function timingsOf(journal: Journal): { readonly up: Duration; readonly total: Duration } {
  const last = journal.at(-1)?.at ?? instant(0);
  const edge = (phase: Phase, edge: "begin" | "end"): Instant | undefined =>
    journal.find((it) => it.kind === "phase" && it.phase === phase && it.edge === edge)?.at;
  const began = edge("up", "begin");
  if (began === undefined) return { up: ms(0), total: ms(0) };
  return { up: ms((edge("up", "end") ?? last) - began), total: ms((edge("down", "end") ?? last) - began) };
}

/**
 * The floor of what the trials take in all: the start of each trial's stack, and of each act the recovery itself (its upper end), or
 * the time for which non-recovery was watched. Trials run beside one another, so that a run's wall time can be less.
 */
export function costOf(
  judgements: readonly TrialJudgement[],
  records: readonly { readonly id: string; readonly up: Duration }[],
): Duration {
  let floor = 0;
  for (const { up } of records) floor += up;
  for (const { acts } of judgements)
    for (const { recovery, watchedFor } of acts) floor += recovery?.atMost ?? watchedFor ?? 0;
  return ms(floor);
}

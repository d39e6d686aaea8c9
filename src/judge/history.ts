import { headerOf, type Journal, type JournalRecord } from "../journal.ts";
import type { Act } from "../plan.ts";
import { type Instant, instant, type Moment } from "../time.ts";

/** What a journal says of one act besides its samples: where it began, how far it was watched, what was done to it. */
export interface ActHistory {
  readonly act: Act;
  /** What the recovery is measured from: the injection, or the healer's return. Absent if it was never reached. */
  readonly origin?: Moment;
  readonly originSeq?: number;
  readonly bitten?: JournalRecord<"fault">;
  readonly missed?: JournalRecord<"fault">;
  /** Looks at a fault that is held, after the origin. */
  readonly looks: readonly JournalRecord<"fault">[];
  /** Our own undo, where it came after the origin. */
  readonly undone?: JournalRecord<"fault">;
  /** The end of the observation; the last instant that the journal knows where that was never reached. */
  readonly horizon: Instant;
  /** Whether the observation came to its end. */
  readonly observed: boolean;
  /** The service that was hit, and is judged. */
  readonly service?: string;
}

export function historyOf(journal: Journal, act: Act): ActHistory {
  const { plan } = headerOf(journal);
  const breaks = act.id === "restored" ? "main" : act.id;
  const faults = journal.filter((it) => it.kind === "fault");
  const stage = (wanted: JournalRecord<"fault">["stage"]) =>
    faults.find((it) => it.act === breaks && it.stage === wanted);
  const begun =
    act.id === "restored"
      ? journal.find((it) => it.kind === "healer" && it.state === "on" && observedBefore(journal, it.seq))
      : stage("injected");
  const origin = begun && "when" in begun ? begun.when : undefined;
  const observed = journal.find(
    (it) => it.kind === "phase" && it.act === act.id && it.phase === "observe" && it.edge === "end",
  );
  const params = plan.acts.find((it) => it.id === breaks)?.fault?.params;
  const service = params?.service;
  const bitten = act.id === "restored" ? undefined : stage("bitten");
  const missed = act.id === "restored" ? undefined : stage("missed");
  const undone = origin
    ? faults.find((it) => it.stage === "undone" && it.act === breaks && it.when.latest >= origin.earliest)
    : undefined;
  return {
    act,
    ...(begun && origin ? { origin, originSeq: begun.seq } : {}),
    ...(bitten ? { bitten } : {}),
    ...(missed ? { missed } : {}),
    looks: faults.filter(
      (it) =>
        it.act === breaks &&
        (it.stage === "held" || it.stage === "ended") &&
        origin &&
        it.when.latest >= origin.earliest,
    ),
    ...(undone ? { undone } : {}),
    horizon: observed?.at ?? journal.at(-1)?.at ?? instant(0),
    observed: observed !== undefined,
    ...(typeof service === "string" ? { service } : {}),
  };
}

/** A healer that is switched on again while everything is put back is no act: an act comes after the main one was observed and before the undo. */
function observedBefore(journal: Journal, seq: number): boolean {
  return (
    journal.some((it) => it.seq < seq && it.kind === "phase" && it.phase === "observe" && it.edge === "end") &&
    !journal.some((it) => it.seq < seq && it.kind === "fault" && it.stage === "undone")
  );
}

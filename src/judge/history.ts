import { headerOf, type Journal, type JournalRecord } from "../journal.ts";
import type { Act } from "../plan.ts";
import { type Instant, instant, type Moment } from "../time.ts";

type FaultRecord = JournalRecord<"fault">;

/** What a journal says of one of an act's faults. */
export interface FaultHistory {
  readonly announced?: FaultRecord;
  readonly injected?: FaultRecord;
  readonly bitten?: FaultRecord;
  readonly missed?: FaultRecord;
  /** Looks at it while it was held, in the order of the journal. */
  readonly looks: readonly FaultRecord[];
  /** Put back because its time was over. */
  readonly lifted?: FaultRecord;
  /** Put back at the trial's end. */
  readonly undone?: FaultRecord;
  /** The service that it hit, where it names one. */
  readonly service?: string;
}

/** A time in which nobody could look; `engine`: when the engine was ready again, where the journal tells. */
export interface Absence extends Moment {
  readonly engine?: Moment;
}

/** What a journal says of one act besides its samples: where it began, how far it was watched, what was done to it. */
export interface ActHistory {
  readonly act: Act;
  readonly faults: readonly FaultHistory[];
  /** The first injection, or the healer's return: nothing from before it is this act's. Absent if it was never reached. */
  readonly begun?: Moment;
  /** What the recovery is measured from: the same, or the end of the last fault's time. Absent if it was never reached. */
  readonly origin?: Moment;
  readonly originSeq?: number;
  /** Our own undo at the trial's end, where it came after the act had begun. */
  readonly undone?: FaultRecord;
  /** The end of the observation; the last instant that the journal knows where that was never reached. */
  readonly horizon: Instant;
  /** When nobody could look from inside the stack, because its engine was away. */
  readonly absences: readonly Absence[];
  /** Whether the observation came to its end. */
  readonly observed: boolean;
  /** The services that are healed: those that were hit unless the scenario tells. */
  readonly services: readonly string[];
}

export function historyOf(journal: Journal, act: Act): ActHistory {
  const { plan } = headerOf(journal);
  const breaks = act.id === "restored" ? "main" : act.id;
  const calls = plan.acts.find((it) => it.id === breaks)?.faults ?? [];
  const records = journal.filter((it) => it.kind === "fault").filter((it) => it.act === breaks);
  const faults = calls.map(({ params }, nth) =>
    faultHistory(
      records.filter((it) => it.nth === nth),
      params,
    ),
  );
  const begun =
    act.id === "restored"
      ? journal.find((it) => it.kind === "healer" && it.state === "on" && observedBefore(journal, it.seq))
      : faults.flatMap((it) => it.injected ?? []).sort((a, b) => a.when.earliest - b.when.earliest)[0];
  const start = begun && "when" in begun ? begun : undefined;
  const origin = act.recovery.measuredFrom === "fault-end" ? lastLift(faults, act) : start;
  const observed = journal.find(
    (it) => it.kind === "phase" && it.act === act.id && it.phase === "observe" && it.edge === "end",
  );
  const undone = start
    ? faults.flatMap((it) => it.undone ?? []).find((it) => it.when.latest >= start.when.earliest)
    : undefined;
  const hit = faults.flatMap((it) => it.service ?? []);
  return {
    act,
    faults,
    ...(start ? { begun: start.when } : {}),
    ...(origin ? { origin: origin.when, originSeq: origin.seq } : {}),
    ...(undone ? { undone } : {}),
    horizon: observed?.at ?? journal.at(-1)?.at ?? instant(0),
    absences: journal.flatMap((it) => (it.kind === "absence" && it.act === breaks ? [absenceOf(it)] : [])),
    observed: observed !== undefined,
    services: act.recovery.of ?? [...new Set(hit)],
  };
}

const absenceOf = ({ when, engine }: JournalRecord<"absence">): Absence => ({ ...when, ...(engine ? { engine } : {}) });

function faultHistory(
  records: readonly FaultRecord[],
  { service, device }: Readonly<Record<string, unknown>>,
): FaultHistory {
  const hit = [service, device].find((it) => typeof it === "string");
  const found = (["announced", "injected", "bitten", "missed", "lifted", "undone"] as const).flatMap((stage) => {
    const record = records.find((it) => it.stage === stage);
    return record ? [[stage, record] as const] : [];
  });
  return {
    ...Object.fromEntries(found),
    looks: records.filter((it) => it.stage === "held" || it.stage === "ended"),
    ...(hit === undefined ? {} : { service: hit }),
  };
}

/** The end of the last fault's time, once all of them have ended. */
function lastLift(faults: readonly FaultHistory[], act: Act): FaultRecord | undefined {
  const lifts = faults.filter((_, nth) => act.faults[nth]?.for !== undefined).map((it) => it.lifted);
  if (lifts.some((it) => it === undefined)) return undefined;
  return lifts.flatMap((it) => it ?? []).sort((a, b) => b.when.latest - a.when.latest)[0];
}

/** A healer that is switched on again while everything is put back is no act: an act comes after the main one was observed and before the undo. */
function observedBefore(journal: Journal, seq: number): boolean {
  return (
    journal.some((it) => it.seq < seq && it.kind === "phase" && it.phase === "observe" && it.edge === "end") &&
    !journal.some((it) => it.seq < seq && it.kind === "fault" && it.stage === "undone")
  );
}

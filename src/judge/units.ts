import { headerOf, type Journal, type JournalRecord } from "../journal.ts";
import { machineName } from "../scenario/machine.ts";
import type { Moment } from "../time.ts";
import type { Attribution, Evidence } from "./judgement.ts";
import { atInstant } from "./words.ts";

type Look = JournalRecord<"unit">;

interface Times {
  readonly origin: Moment;
  readonly recoveredAt: Moment;
  readonly absences: readonly Moment[];
}

/** The units of the lab's machine that are meant by this name, where a plan has any. */
export function unitsNamed(journal: Journal, service: string): readonly string[] | undefined {
  return service === machineName ? headerOf(journal).plan.units : undefined;
}

/** Who started the units of the lab's machine: systemd, if each of them is known to be its own doing. */
export function healerOfUnits(journal: Journal, units: readonly string[], times: Times): Attribution {
  const found = units.map((unit) => healerOf(journal, unit, times));
  const doubts = found.filter((it) => !it.bySystemd);
  return {
    healer: doubts.length === 0 ? "systemd" : "unknown",
    evidence: (doubts.length === 0 ? found : doubts).map((it) => it.evidence),
  };
}

/** At boot systemd starts what is enabled. Nobody could ask it to before the machine was in reach again. */
function healerOf(
  journal: Journal,
  unit: string,
  { origin, recoveredAt, absences }: Times,
): { readonly bySystemd: boolean; readonly evidence: Evidence } {
  const looks = journal.filter((it): it is Look => it.kind === "unit" && it.unit === unit);
  const before = looks.findLast((it) => it.when.earliest <= origin.latest);
  const after = looks.find((it) => it.when.latest >= recoveredAt.earliest && it !== before);
  const say = (bySystemd: boolean, text: string) => ({
    bySystemd,
    evidence: { text, seqs: [before, after].flatMap((it) => (it ? [it.seq] : [])) },
  });
  if (!before || !after) return say(false, `${unit} was not looked at before and after`);
  const { startedAt } = after;
  if (!startedAt) return say(false, `${unit} does not run`);
  const started = `${unit} was started ${atInstant(startedAt.earliest)}`;
  if (before.boot === after.boot)
    return say(false, `${started}, and the machine was not booted since before the fault`);
  if (!after.enabled)
    return say(false, `${started}, though it is not enabled, so that systemd does not start it at boot`);
  if (!absences.some((it) => it.earliest <= startedAt.latest && startedAt.earliest <= it.latest))
    return say(false, `${started}, when the machine was in reach and anybody may have asked systemd to`);
  return say(
    true,
    `${started}, in another boot than before: it is enabled, and the machine was not in reach of anybody yet`,
  );
}

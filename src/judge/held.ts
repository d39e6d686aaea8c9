import type { Journal } from "../journal.ts";
import { formatDuration, type Instant, ms } from "../time.ts";
import type { ActHistory, FaultHistory } from "./history.ts";
import { atInstant } from "./words.ts";

/**
 * Whether a fault that is held ended before anything healed it, in words. Its process's being replaced is what healing means;
 * that is told a moment before the engine's own `die`, so for it any later sign of replacement will do. One that was released
 * (the process was continued) needs the sign first.
 */
export function endedEarly(journal: Journal, { faults, begun }: ActHistory, until: Instant): string | undefined {
  if (!begun) return undefined;
  for (const fault of faults) {
    const early = oneEndedEarly(journal, fault, begun.earliest, until);
    if (early !== undefined) return early;
  }
  return undefined;
}

function oneEndedEarly(
  journal: Journal,
  { looks, service, lifted, undone }: FaultHistory,
  begun: Instant,
  until: Instant,
): string | undefined {
  const ended = looks.find((it) => it.stage === "ended" && it.when.latest >= begun);
  if (!ended || ended.when.earliest > until || ended.how === "healed") return undefined;
  const ours = lifted ?? undone;
  if (ours && ended.when.latest >= ours.when.earliest) return undefined;
  const replacement = journal
    .flatMap((it) =>
      it.kind === "engine" && it.service === service && /^(kill|die|stop|start|restart)$/.test(it.action)
        ? [it.when]
        : [],
    )
    .filter((it) => it.latest >= begun)
    .sort((a, b) => a.earliest - b.earliest)[0];
  if (replacement && (ended.how === "replaced" || replacement.earliest <= ended.when.latest)) return undefined;
  return `the fault ended ${atInstant(ended.when.latest)} though nothing had healed it: ${ended.detail}`;
}

/** Looks are due each second; a look that is late by more is not one that saw what happened in between. */
const longestUnseen = 3000;

/**
 * Whether a fault that is held was not shown to be in force, in words: from its bite (or from the healer's return) until it ended,
 * was lifted or undone, or the claim's own end at `until`, whichever came first.
 */
export function unseen({ act, faults, begun }: ActHistory, until: Instant): string | undefined {
  if (!begun) return undefined;
  for (const fault of faults) {
    const blind = oneUnseen(fault, act.id === "restored" ? begun.earliest : undefined, until);
    if (blind !== undefined) return blind;
  }
  return undefined;
}

function oneUnseen(
  { announced, bitten, looks: told, lifted, undone }: FaultHistory,
  since: Instant | undefined,
  until: Instant,
): string | undefined {
  if (announced?.ends === undefined || announced.ends === "at-once" || !bitten) return undefined;
  const looks = told.toSorted((a, b) => a.when.latest - b.when.latest);
  const ended = looks.find((it) => it.stage === "ended");
  const ours = lifted ?? undone;
  const end = Math.min(until, ended?.when.latest ?? until, ours?.when.earliest ?? until);
  if (looks.length === 0) {
    // One that was lifted at once was over before a look was due.
    if (end - bitten.when.latest <= longestUnseen && lifted && lifted.when.earliest <= until) return undefined;
    return "the fault was never looked at after it had bitten, so it is not shown to have lasted";
  }
  const begin = since ?? bitten.when.latest;
  let seen: number = bitten.when.latest;
  for (const { when } of looks) {
    if (when.latest > end) break;
    if (when.latest > begin && when.latest - seen > longestUnseen) return silent(seen, when.latest);
    seen = Math.max(seen, when.latest);
  }
  return end - seen > longestUnseen ? silent(seen, end) : undefined;
}

const silent = (from: number, to: number): string =>
  `the fault was not looked at for ${formatDuration(ms(to - from))} ${atInstant(from as Instant).replace("at", "from")} on, so it is not shown to have been in force`;

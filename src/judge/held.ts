import type { Journal } from "../journal.ts";
import { formatDuration, type Instant, ms } from "../time.ts";
import type { ActHistory } from "./history.ts";
import { atInstant } from "./words.ts";

/**
 * Whether a fault that is held ended before anything healed it, in words. Its process's being replaced is what healing means;
 * that is told a moment before the engine's own `die`, so for it any later sign of replacement will do. One that was released
 * (the process was continued) needs the sign first.
 */
export function endedEarly(
  journal: Journal,
  { looks, service, origin, undone }: ActHistory,
  until: Instant,
): string | undefined {
  const ended = looks.find((it) => it.stage === "ended");
  if (!ended || !origin || ended.when.earliest > until) return undefined;
  if (undone && ended.when.latest >= undone.when.earliest) return undefined;
  const replacement = journal
    .flatMap((it) =>
      it.kind === "engine" && it.service === service && /^(kill|die|stop|start|restart)$/.test(it.action)
        ? [it.when]
        : [],
    )
    .filter((it) => it.latest >= origin.earliest)
    .sort((a, b) => a.earliest - b.earliest)[0];
  if (replacement && (ended.how === "replaced" || replacement.earliest <= ended.when.latest)) return undefined;
  return `the fault ended ${atInstant(ended.when.latest)} though nothing had healed it: ${ended.detail}`;
}

/** Looks are due each second; a look that is late by more is not one that saw what happened in between. */
const longestUnseen = 3000;

/**
 * Whether a fault that lasts as long as its process was not shown to be in force, in words: from its bite (or from the healer's
 * return) until it ended, was undone, or the claim's own end at `until`, whichever came first.
 */
export function unseen(journal: Journal, { act, origin, undone }: ActHistory, until: Instant): string | undefined {
  const breaks = act.id === "restored" ? "main" : act.id;
  const faults = journal.filter((it) => it.kind === "fault").filter((it) => it.act === breaks);
  const announced = faults.find((it) => it.stage === "announced");
  const bite = faults.find((it) => it.stage === "bitten");
  if (announced?.ends !== "with-the-process" || !bite || !origin) return undefined;
  const looks = faults
    .filter((it) => it.stage === "held" || it.stage === "ended")
    .sort((a, b) => a.when.latest - b.when.latest);
  const ended = looks.find((it) => it.stage === "ended");
  const end = Math.min(until, ended?.when.latest ?? until, undone?.when.earliest ?? until);
  if (looks.length === 0) return "the fault was never looked at after it had bitten, so it is not shown to have lasted";
  const begin = act.id === "restored" ? origin.earliest : bite.when.latest;
  let seen: number = bite.when.latest;
  for (const { when } of looks) {
    if (when.latest > end) break;
    if (when.latest > begin && when.latest - seen > longestUnseen) return silent(seen, when.latest);
    seen = Math.max(seen, when.latest);
  }
  return end - seen > longestUnseen ? silent(seen, end) : undefined;
}

const silent = (from: number, to: number): string =>
  `the fault was not looked at for ${formatDuration(ms(to - from))} ${atInstant(from as Instant).replace("at", "from")} on, so it is not shown to have been in force`;

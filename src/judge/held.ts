import type { Journal } from "../journal.ts";
import type { Instant } from "../time.ts";
import type { ActHistory } from "./history.ts";
import { atInstant } from "./words.ts";

/**
 * Whether a fault that is held ended before anything healed it, in words. Its process's being replaced is what healing means;
 * that it is gone (`…gone`) is told a moment before the engine's own `die`, so for that one any later sign of replacement
 * will do. Ending in another way (the process was continued) needs the sign first.
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
  const gone = /\bgone\b/.test(ended.detail);
  if (replacement && (gone || replacement.earliest <= ended.when.latest)) return undefined;
  return `the fault ended ${atInstant(ended.when.latest)} though nothing had healed it: ${ended.detail}`;
}

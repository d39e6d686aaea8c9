import type { Journal } from "../journal.ts";
import type { Act } from "../plan.ts";
import type { Moment } from "../time.ts";
import { duringIsOpen } from "./checks.ts";
import { corroborate } from "./corroboration.ts";
import { historyOf } from "./history.ts";
import { signalsOf } from "./signals.ts";

/** What a running trial asks while it waits: the same rules as the judgement, over the journal so far. */

export { acknowledgedAfter, endsBefore } from "./ledger.ts";
export { steadyOf } from "./steady.ts";

export interface Progress {
  /**
   * `waiting`: a condition is bad, or none has been bad yet. `recovered`: all hold again, but the stability window or a
   * corroboration's time is not over. `settled`: nothing that is still to come can change the judgement.
   */
  readonly state: "waiting" | "recovered" | "settled";
  readonly origin?: Moment;
  /** When it came back, stable or not yet. */
  readonly recoveredAt?: Moment;
}

/** How far an act is. Its observation can end when it is settled, or when its patience, counted from the origin, is over while it waits. */
export function progressOf(journal: Journal, act: Act): Progress {
  const history = historyOf(journal, act);
  const { origin } = history;
  const seen = signalsOf(journal, history);
  const now = journal.at(-1)?.at ?? origin?.latest;
  if (!origin || !seen) return { state: "waiting" };
  const { recovery } = seen;
  if (recovery.state === "no-outage" || recovery.state === "down") return { state: "waiting", origin };
  const settled =
    recovery.state === "recovered" &&
    corroborate(journal, history, recovery.at).judgements.every((it) => it.agrees === "yes" || !it.pending) &&
    !(now !== undefined && duringIsOpen(journal, history, now));
  return { state: settled ? "settled" : "recovered", origin, recoveredAt: recovery.at };
}

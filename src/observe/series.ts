import type { TrialClock } from "../clock.ts";
import type { JournalWriter } from "../journal-file.ts";

/** What an observer needs of the trial that it writes for. */
export interface ObserverTools {
  readonly journal: JournalWriter;
  readonly clock: TrialClock;
  /** Called after each batch of facts, so that whoever waits for them can look again. */
  readonly changed: () => void;
  /** The end of the observation. */
  readonly until: AbortSignal;
}

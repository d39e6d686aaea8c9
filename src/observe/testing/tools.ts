import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrialClock } from "../../clock.ts";
import { recordsOf } from "../../journal.ts";
import { JournalWriter } from "../../journal-file.ts";
import type { ObserverTools } from "../series.ts";
import type { WallClock } from "../wall-clock.ts";

/** A trial's journal and clock for one observer, and what it wrote. */
export class Observed implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "hp-observed-"));
  readonly #end = new AbortController();
  readonly clock = new TrialClock();
  readonly journal = new JournalWriter(join(this.#folder, "journal.ndjson"), () => this.clock.now());
  changes = 0;
  readonly tools: ObserverTools = {
    journal: this.journal,
    clock: this.clock,
    changed: () => {
      this.changes += 1;
    },
    until: this.#end.signal,
  };

  /** All samples of a series; the only one unless told. */
  items(series?: string) {
    return recordsOf(this.journal.records, "samples")
      .filter((it) => series === undefined || it.series === series)
      .flatMap((it) => it.items);
  }

  values(series?: string): number[] {
    return this.items(series).map(([, , value]) => value);
  }

  end(): void {
    this.#end.abort();
  }

  [Symbol.dispose](): void {
    this.end();
    this.journal[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An engine whose wall clock shows the host's monotonic time, give or take a millisecond. */
export const plainEngineClock: WallClock = {
  sameKernel: true,
  offsetMs: 0,
  uncertaintyMs: 1,
  method: "none is needed",
  toHost: (unixMs) => ({ from: unixMs - 1, to: unixMs + 1 }),
};

import { join } from "node:path";
import type { TrialClock } from "./clock.ts";
import { KnownError, messageOf } from "./errors.ts";
import { type Fact, type Journal, journalVersion, type Phase } from "./journal.ts";
import { JournalWriter } from "./journal-file.ts";
import { within } from "./limit.ts";
import type { Act, TrialPlan } from "./plan.ts";
import { type Duration, formatDuration } from "./time.ts";
import type { TrialTools } from "./trial.ts";
import { healproofVersion } from "./version.ts";

/**
 * What a trial writes of itself: its header, its phases with their limits, its errors and its end. A journal that cannot be written (a
 * full disk, say) never keeps anything from being put back: `unwritable` is aborted, so that the trial ends, and `end` says so.
 */
export class TrialJournal implements Disposable {
  readonly #plan: TrialPlan;
  readonly #tell: TrialTools["tell"];
  readonly #unwritable = new AbortController();
  #phase: Phase = "up";
  /** For the observers, who write their own. */
  readonly writer: JournalWriter;
  readonly unwritable: AbortSignal = this.#unwritable.signal;
  /** The act that the phases belong to. */
  act: Act["id"] = "main";

  constructor(plan: TrialPlan, tools: TrialTools, clock: TrialClock) {
    this.#plan = plan;
    this.#tell = tools.tell;
    this.writer = new JournalWriter(join(tools.folder, "journal.ndjson"), () => clock.now());
    const { engine, hands, run, seed } = tools;
    this.writer.write({
      kind: "header",
      version: journalVersion,
      healproof: healproofVersion,
      run,
      origin: clock.originWall.toISOString(),
      seed,
      plan,
      machine: {
        cpus: engine.cpus,
        memoryMiB: engine.memoryMiB,
        platform: `${process.platform} ${process.arch}`,
        node: process.version,
        engine: engine.version,
        bootId: hands.now.bootId,
      },
    });
  }

  get records(): Journal {
    return this.writer.records;
  }

  write(...args: Parameters<JournalWriter["write"]>): void {
    try {
      this.writer.write(...args);
    } catch (thrown) {
      this.#unwritable.abort(thrown);
    }
  }

  /** A phase. `limit` only ends what hangs: what a phase waits for has a limit of its own, with an error that says more. */
  async phase<T>(
    phase: Phase,
    limit: Duration,
    work: () => Promise<T>,
    more: Pick<Extract<Fact, { kind: "phase" }>, "delayMs"> = {},
  ): Promise<T> {
    this.#phase = phase;
    this.#tell({ trial: this.#plan.id, phase, text: this.act });
    this.write({ kind: "phase", act: this.act, phase, edge: "begin", ...more });
    const result = await within(limit, work(), (waited) => overran(`the phase ${phase}`, waited));
    this.write({ kind: "phase", act: this.act, phase, edge: "end" });
    return result;
  }

  error(thrown: unknown): void {
    const known = thrown instanceof KnownError;
    this.write({
      kind: "error",
      phase: this.#phase,
      code: known ? thrown.code : "unexpected",
      message: messageOf(thrown),
      facts: known ? { ...thrown.facts } : { stack: thrown instanceof Error ? (thrown.stack ?? "") : "" },
    });
  }

  /** All that was written; throws if that is not all there was to write. */
  end(outcome: "completed" | "interrupted" | "failed"): Journal {
    if (this.unwritable.aborted)
      throw new KnownError(
        "journal-not-written",
        `the journal of ${this.#plan.id} could not be written, so nothing is known of it`,
        {
          facts: {
            file: this.writer.file,
            reason: messageOf(this.unwritable.reason),
            try: "healproof clean, should anything be left",
          },
          cause: this.unwritable.reason,
        },
      );
    this.writer.write({ kind: "end", outcome }, { flush: true });
    return this.records;
  }

  [Symbol.dispose](): void {
    this.writer[Symbol.dispose]();
  }
}

export function overran(what: string, limit: Duration): KnownError {
  return new KnownError("phase-overrun", `${what} did not end within ${formatDuration(limit)}`, {
    facts: { try: "healproof doctor; is the machine or the engine overloaded?" },
  });
}

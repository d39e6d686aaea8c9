import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { type Fact, type Journal, type JournalRecord, parseJournal, recordSchema } from "./journal.ts";
import type { Instant } from "./time.ts";

/** Appends to a journal on disk and keeps what was written for live judging. */
export class JournalWriter implements Disposable {
  readonly file: string;
  readonly records: JournalRecord[] = [];
  readonly #now: () => Instant;
  readonly #fd: number;

  /** `now` is the trial's clock. The file must not exist yet. */
  constructor(file: string, now: () => Instant) {
    this.file = file;
    this.#now = now;
    this.#fd = openSync(file, "ax");
  }

  /** Writes one line. `flush` forces it to the disk: for what must survive us (a fault that is about to be injected). */
  write(fact: Fact, options: { flush?: boolean } = {}): JournalRecord {
    const stamp = { seq: this.records.length, at: round(this.#now()) };
    const line = JSON.stringify({ ...stamp, ...fact, ...stamp });
    const written = recordSchema.parse(JSON.parse(line)); // before the disk: a line that cannot be read back would spoil all of it
    this.#append(`${line}\n`);
    if (options.flush) fsyncSync(this.#fd);
    this.records.push(written);
    return written;
  }

  /** All of it or nothing, and then an error: a line that was written in part would spoil the one after it. */
  #append(line: string): void {
    const { size } = fstatSync(this.#fd);
    try {
      writeFileSync(this.#fd, line);
    } catch (thrown) {
      ftruncateSync(this.#fd, size);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }
}

/** Microseconds are enough, and keep journals small. */
const round = (value: number) => Math.round(value * 1000) / 1000;

/** Reads a journal as {@link parseJournal} does. */
export function readJournal(file: string): Journal {
  return parseJournal(readFileSync(file, "utf8"), file);
}

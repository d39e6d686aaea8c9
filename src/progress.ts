import { clearLine, cursorTo } from "node:readline";
import { hostNow } from "./clock.ts";
import { formatDuration, ms } from "./time.ts";
import type { TrialProgress } from "./trial.ts";

/** Standard error, or what stands in for it. */
type Out = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * What is going on, on standard error: a line for each trial that ends and, on a terminal, one live line below that says
 * what runs now. Elsewhere a line for each trial that begins to be observed, so that a CI log is never silent for long.
 */
export class Progress {
  readonly #out: Out;
  readonly #live: boolean;
  readonly #began = hostNow();
  readonly #running = new Map<string, string>();
  #drawn = false;

  constructor(out: Out = process.stderr) {
    this.#out = out;
    this.#live = out.isTTY === true;
  }

  readonly tell = ({ trial, phase }: TrialProgress): void => {
    this.#running.set(trial, phase);
    if (!this.#live && (phase === "up" || phase === "steady" || phase === "observe")) this.line(`${trial}: ${phase}`);
    else this.#draw();
  };

  /** A trial is over. */
  done(trial: string, text: string): void {
    this.#running.delete(trial);
    this.line(text);
  }

  line(text: string): void {
    this.#erase();
    this.#out.write(`${this.#live ? "" : `[${formatDuration(ms(hostNow() - this.#began))}] `}${text}\n`);
    this.#draw();
  }

  end(): void {
    this.#erase();
  }

  #draw(): void {
    if (!this.#live || this.#running.size === 0) return;
    this.#erase();
    const now = [...this.#running].map(([trial, phase]) => `${trial} ${phase}`).join("   ");
    this.#out.write(`${formatDuration(ms(hostNow() - this.#began))}   ${now}`.slice(0, (this.#out.columns ?? 80) - 1));
    this.#drawn = true;
  }

  #erase(): void {
    if (!this.#drawn) return;
    clearLine(this.#out, 0);
    cursorTo(this.#out, 0);
    this.#drawn = false;
  }
}

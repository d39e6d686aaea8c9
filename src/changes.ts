import { EventEmitter, once } from "node:events";
import type { Duration } from "./time.ts";

/** Lets a wait sleep until something changed, instead of asking again and again. */
export class Changes {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  readonly notify = (): void => {
    this.#emitter.emit("change");
  };

  /** Returns at the next change, or after `atMost`. Throws the signal's reason once that is aborted. */
  async next(atMost: Duration, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (atMost <= 0) return;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(atMost))]);
    await once(this.#emitter, "change", { signal: limit }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

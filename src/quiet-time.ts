type Kind = "noise" | "quiet";

/**
 * Keeps what is measured apart from what is loud. Starting or removing a stack loads the machine for seconds, and a recovery that
 * is measured meanwhile looks slower than it is. So either stacks start and go, or recoveries are measured, each `places` at a time;
 * whoever came first goes first, so neither starves.
 */
export class QuietTime {
  readonly #places: number;
  readonly #active: Record<Kind, number> = { noise: 0, quiet: 0 };
  readonly #waiting: { readonly kind: Kind; readonly enter: () => void }[] = [];

  constructor(places: number) {
    this.#places = places;
  }

  /** Waits until it may be loud. What it returns ends that; a second call does nothing. Rejects once `signal` is aborted. */
  noise(signal: AbortSignal): Promise<() => void> {
    return this.#take("noise", signal);
  }

  /** Waits until it is quiet, and keeps it so until what it returns is called. */
  quiet(signal: AbortSignal): Promise<() => void> {
    return this.#take("quiet", signal);
  }

  async #take(kind: Kind, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.#free(kind)) this.#active[kind]++;
    else await this.#queue(kind, signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#active[kind]--;
      this.#admit();
    };
  }

  #free(kind: Kind): boolean {
    return this.#active[kind === "noise" ? "quiet" : "noise"] === 0 && this.#active[kind] < this.#places;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#free(next.kind); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#active[next.kind]++;
      next.enter();
    }
  }

  #queue(kind: Kind, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = {
        kind,
        enter: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
        this.#admit();
      };
      this.#waiting.push(waiting);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}

type Kind = "noise" | "quiet";

/**
 * Keeps what is measured apart from what is loud. Starting or removing a stack loads the machine for seconds, and a recovery that
 * is measured meanwhile looks slower than it is. So either stacks start and go, or recoveries are measured. A measurement that waits
 * goes first: there are never more of them than stacks that are up, so starts and removals get their turn.
 */
export class QuietTime {
  readonly #places: Readonly<Record<Kind, number>>;
  readonly #active: Record<Kind, number> = { noise: 0, quiet: 0 };
  readonly #waiting: { readonly kind: Kind; readonly enter: () => void }[] = [];

  /** How many may be loud, and how many may be measured, at a time. */
  constructor(places: Readonly<Record<Kind, number>>) {
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
    const first = !this.#waiting.some((it) => it.kind === kind || it.kind === "quiet");
    if (first && this.#free(kind)) this.#active[kind]++;
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
    return this.#active[kind === "noise" ? "quiet" : "noise"] === 0 && this.#active[kind] < this.#places[kind];
  }

  #admit(): void {
    for (const kind of ["quiet", "noise"] as const) {
      for (let next = this.#next(kind); next && this.#free(kind); next = this.#next(kind)) {
        this.#waiting.splice(this.#waiting.indexOf(next), 1);
        this.#active[kind]++;
        next.enter();
      }
      // Nobody gets loud while somebody waits for silence.
      if (this.#next("quiet")) return;
    }
  }

  #next(kind: Kind) {
    return this.#waiting.find((it) => it.kind === kind);
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

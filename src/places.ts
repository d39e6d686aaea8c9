export interface PlacesLimits {
  /** In the midst of it: one that is measured, one that starts. */
  readonly midst: number;
  /** Beside, waiting for long. */
  readonly waiting: number;
  /** Beside, on their way out. */
  readonly leaving: number;
}

/** Where a stack is, from its start until nothing is left of it. */
export interface Place {
  /** It has no more need of the midst, so another may come in. A second call does nothing, nor one while there is no room beside. */
  readonly makeRoom: () => void;
  readonly leave: () => void;
}

/**
 * Places for stacks, given in turn. Who will wait for long comes in only where it can do so beside: else a few of them would keep all
 * others out while the machine is idle. But where it can it goes first: else all would wait for it in the end.
 */
export class Places {
  readonly #most: PlacesLimits;
  readonly #taken: { -readonly [Where in keyof PlacesLimits]: number } = { midst: 0, waiting: 0, leaving: 0 };
  readonly #queue: { readonly waitsForLong: boolean; readonly enter: (place: Place) => void }[] = [];

  constructor(most: PlacesLimits) {
    this.#most = most;
  }

  enter({ waitsForLong }: { readonly waitsForLong: boolean }): Promise<Place> {
    const { promise, resolve } = Promise.withResolvers<Place>();
    this.#queue.push({ waitsForLong: waitsForLong && this.#most.waiting > 0, enter: resolve });
    this.#admit();
    return promise;
  }

  #admit(): void {
    while (this.#taken.midst < this.#most.midst) {
      const beside = this.#taken.waiting < this.#most.waiting;
      const next =
        (beside ? this.#queue.find((it) => it.waitsForLong) : undefined) ?? this.#queue.find((it) => !it.waitsForLong);
      if (!next) return;
      this.#queue.splice(this.#queue.indexOf(next), 1);
      next.enter(this.#place(next.waitsForLong));
    }
  }

  #place(waitsForLong: boolean): Place {
    const held = new Set<keyof PlacesLimits>();
    const take = (where: keyof PlacesLimits) => {
      held.add(where);
      this.#taken[where]++;
    };
    const free = (where: keyof PlacesLimits) => {
      if (held.delete(where)) this.#taken[where]--;
    };
    take("midst");
    // Kept for it from the start.
    if (waitsForLong) take("waiting");
    return {
      makeRoom: () => {
        if (!held.has("midst")) return;
        if (!waitsForLong && this.#taken.leaving === this.#most.leaving) return;
        if (!waitsForLong) take("leaving");
        free("midst");
        this.#admit();
      },
      leave: () => {
        for (const where of held) free(where);
        this.#admit();
      },
    };
  }
}

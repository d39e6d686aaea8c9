import { setTimeout as sleep } from "node:timers/promises";
import { type HostSpan, hostNow } from "../clock.ts";
import { stretched } from "../limit.ts";
import type { ContainerLook, StackContainers } from "../stack/stack.ts";
import { type Duration, ms } from "../time.ts";

/** Looks at containers at a steady pace, and at once where the engine tells that something happened to them. */

/** How often each container is looked at. */
export const looksEvery = (): Duration => stretched(ms(200));

/** What was seen of one of a service's containers when; no container where it has none. */
export interface Look {
  readonly when: HostSpan;
  readonly container?: ContainerLook;
}

/** An event that the engine told of. */
export interface EngineNews {
  readonly service: string;
  readonly action: string;
  /** The engine's wall clock. */
  readonly unixMs: number;
}

/** Which of a service's containers; the first unless told. */
interface Which {
  readonly service: string;
  readonly replica?: number;
}

/** Whoever wants to know what the engine knows of one service. */
export interface ContainerWatcher extends Which {
  readonly seen: (look: Look) => void;
  readonly heard?: (news: EngineNews) => void;
}

export class ContainerWatch {
  readonly #watchers: readonly ContainerWatcher[];
  readonly #nudges = new Map<Which, () => void>();

  constructor(watchers: readonly ContainerWatcher[]) {
    this.#watchers = watchers;
  }

  /** To be told each event. What it did to the container is looked at right away: it may be over in less than a look's time. */
  readonly tell = (news: EngineNews): void => {
    for (const it of this.#watchers) if (it.service === news.service) it.heard?.(news);
    for (const [it, nudge] of this.#nudges) if (it.service === news.service) nudge();
  };

  /** Looks until that is aborted. Rejects where the engine does not answer any more. */
  async run(containers: Pick<StackContainers, "lookAt">, until: AbortSignal): Promise<void> {
    const watched = Map.groupBy(this.#watchers, ({ service, replica }) => JSON.stringify([service, replica]));
    await Promise.all([...watched.values()].map((it) => this.#follow(it, containers, until)));
  }

  /** For watchers of one container. */
  async #follow(
    watchers: readonly ContainerWatcher[],
    containers: Pick<StackContainers, "lookAt">,
    until: AbortSignal,
  ): Promise<void> {
    const [which] = watchers;
    while (which && !until.aborted) {
      const nudge = new AbortController();
      this.#nudges.set(which, () => nudge.abort());
      const from = hostNow();
      const container = await containers.lookAt(which.service, which.replica);
      const look = { when: { from, to: hostNow() }, ...(container ? { container } : {}) };
      if (until.aborted) return;
      for (const it of watchers) it.seen(look);
      const signal = AbortSignal.any([until, nudge.signal]);
      await sleep(Math.max(0, from + looksEvery() - hostNow()), undefined, { signal }).catch(() => undefined);
    }
  }
}

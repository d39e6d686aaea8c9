import { setTimeout as sleep } from "node:timers/promises";
import { type HostSpan, hostNow } from "../clock.ts";
import { stretched } from "../limit.ts";
import type { ContainerLook, StackContainers } from "../stack/stack.ts";
import { type Duration, ms } from "../time.ts";

/** Looks at containers at a steady pace, and at once where the engine tells that something happened to them. */

/** How often each container is looked at. */
export const looksEvery = (): Duration => stretched(ms(200));

/** What was seen of a service's first container when; no container where it has none. */
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

/** Whoever wants to know what the engine knows of one service. */
export interface ContainerWatcher {
  readonly service: string;
  readonly seen: (look: Look) => void;
  readonly heard?: (news: EngineNews) => void;
}

export class ContainerWatch {
  readonly #watchers: readonly ContainerWatcher[];
  readonly #nudges = new Map<string, () => void>();

  constructor(watchers: readonly ContainerWatcher[]) {
    this.#watchers = watchers;
  }

  /** To be told each event. What it did to the container is looked at right away: it may be over in less than a look's time. */
  readonly tell = (news: EngineNews): void => {
    for (const it of this.#watchers) if (it.service === news.service) it.heard?.(news);
    this.#nudges.get(news.service)?.();
  };

  /** Looks until that is aborted. Rejects where the engine does not answer any more. */
  async run(containers: Pick<StackContainers, "lookAt">, until: AbortSignal): Promise<void> {
    const services = new Set(this.#watchers.map((it) => it.service));
    await Promise.all([...services].map((it) => this.#follow(it, containers, until)));
  }

  async #follow(service: string, containers: Pick<StackContainers, "lookAt">, until: AbortSignal): Promise<void> {
    const watchers = this.#watchers.filter((it) => it.service === service);
    while (!until.aborted) {
      const nudge = new AbortController();
      this.#nudges.set(service, () => nudge.abort());
      const from = hostNow();
      const container = await containers.lookAt(service);
      const look = { when: { from, to: hostNow() }, ...(container ? { container } : {}) };
      if (until.aborted) return;
      for (const it of watchers) it.seen(look);
      const signal = AbortSignal.any([until, nudge.signal]);
      await sleep(Math.max(0, from + looksEvery() - hostNow()), undefined, { signal }).catch(() => undefined);
    }
  }
}

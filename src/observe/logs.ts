import { hostNow } from "../clock.ts";
import { patternOf } from "../pattern.ts";
import type { LogLine } from "../stack/follow-log.ts";
import type { ContainerLook, StackContainers } from "../stack/stack.ts";
import type { ObserverTools } from "./series.ts";
import type { WallClock } from "./wall-clock.ts";
import { type ContainerWatcher, type Look, looksEvery } from "./watch-containers.ts";

export interface WatchedLog {
  readonly id: string;
  readonly service: string;
  readonly pattern: string;
}

/** A line reaches us this long after its stamp, at most; where one took longer, judging finds it in its place all the same. */
const lagMs = 250;
const handOverMs = 20;
/** Of a flood only so many lines are told one by one at a time, and the last. */
const mostAtOnce = 20;
const longestExcerpt = 120;

/**
 * The running total of a log's lines that match. Each is a sample at the time that the engine stamped it with. In between, each look
 * at the container is one for a moment before it: what was written until then has been heard, for its log is followed or it does not run.
 */
export function watchLog(
  watched: WatchedLog,
  containers: Pick<StackContainers, "followLog">,
  engine: WallClock,
  tools: ObserverTools,
  lost: (why: unknown) => void,
): ContainerWatcher {
  tools.journal.write({ kind: "series", id: watched.id, observer: "log", everyMs: looksEvery() });
  const follower = new LogFollower(watched, containers, engine, tools, lost);
  return { service: watched.service, seen: (look) => follower.seen(look) };
}

type Item = readonly [from: number, to: number, total: number, text?: string];

class LogFollower {
  readonly #watched: WatchedLog;
  readonly #pattern: RegExp;
  readonly #containers: Pick<StackContainers, "followLog">;
  readonly #engine: WallClock;
  readonly #tools: ObserverTools;
  readonly #lost: (why: unknown) => void;
  #total = 0;
  /** What is followed: which start of which container, and whether all that it wrote was heard. */
  #following: { readonly start: string; ended: boolean } | undefined;
  #opening = false;
  /** The newest stamp that was heard; what a stream that was opened again begins with is not newer than it was then. */
  #newest = "";
  #since: number;
  /** Engine times of the newest lines that matched, oldest first. */
  #recent: number[] = [];
  #fresh: { readonly from: number; readonly to: number; readonly text: string }[] = [];

  constructor(
    watched: WatchedLog,
    containers: Pick<StackContainers, "followLog">,
    engine: WallClock,
    tools: ObserverTools,
    lost: (why: unknown) => void,
  ) {
    this.#watched = watched;
    this.#pattern = patternOf(watched.pattern);
    this.#containers = containers;
    this.#engine = engine;
    this.#tools = tools;
    this.#lost = lost;
    this.#since = Date.now() + engine.offsetMs - 2 * lagMs;
  }

  seen({ when, container }: Look): void {
    if (this.#opening) return;
    if (container && this.#isNew(container)) void this.#open(container);
    else this.#sampleBefore(when.from);
  }

  /** Whether it may have written what nobody heard: it was started since, or the stream ended under it. */
  #isNew({ running, container, startedAtUnixMs }: ContainerLook): boolean {
    const start = `${container} ${startedAtUnixMs ?? ""}`;
    if (!this.#following) return true;
    const { ended } = this.#following;
    return ended && (running || this.#following.start !== start);
  }

  async #open({ container, startedAtUnixMs }: ContainerLook): Promise<void> {
    this.#opening = true;
    const following = { start: `${container} ${startedAtUnixMs ?? ""}`, ended: false };
    const { until } = this.#tools;
    const known = this.#newest;
    try {
      const stream = await this.#containers.followLog(container, this.#since, {
        line: (it) => {
          if (it.stamp > known) this.#hear(it);
        },
        ended: () => {
          following.ended = true;
        },
      });
      if (until.aborted) stream[Symbol.dispose]();
      else until.addEventListener("abort", () => stream[Symbol.dispose](), { once: true });
      this.#following = following;
    } catch (thrown) {
      this.#lost(thrown);
    } finally {
      this.#opening = false;
    }
  }

  #hear({ stamp, unixMs, text }: LogLine): void {
    if (stamp > this.#newest) this.#newest = stamp;
    this.#since = Math.max(this.#since, unixMs);
    if (!this.#pattern.test(text)) return;
    this.#recent.push(unixMs);
    const { from, to } = this.#engine.toHost(unixMs);
    if (this.#fresh.length === 0) setTimeout(() => this.#handOver(), handOverMs);
    this.#fresh.push({ from, to, text: text.slice(0, longestExcerpt) });
  }

  #handOver(): void {
    // Standard output and standard error come side by side, in no order.
    const fresh = this.#fresh.toSorted((a, b) => a.from - b.from);
    this.#fresh = [];
    const items = fresh.map(({ from, to, text }, index): Item => [from, to, this.#total + index + 1, text]);
    this.#total += items.length;
    const last = items.at(-1);
    if (!last || this.#tools.until.aborted) return;
    this.#write(items.length > mostAtOnce ? [...items.slice(0, mostAtOnce), last] : items);
  }

  /** The total a moment ago. */
  #sampleBefore(host: number): void {
    const at = host - lagMs;
    const { offsetMs, uncertaintyMs } = this.#engine;
    const unixMs = Date.now() + offsetMs - (hostNow() - at);
    this.#recent = this.#recent.filter((it) => it > unixMs);
    const known = this.#total + this.#fresh.length - this.#recent.length;
    this.#write([[at - uncertaintyMs, at + uncertaintyMs, known]]);
  }

  #write(items: readonly Item[]): void {
    const { journal, clock, changed } = this.#tools;
    journal.write({
      kind: "samples",
      series: this.#watched.id,
      items: items.map(([from, to, total, text]) => {
        const sample = [clock.at(from), clock.at(to), total] as const;
        return text === undefined ? [...sample] : [...sample, text];
      }),
    });
    changed();
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { hostNow, hostOfWall } from "../../clock.ts";
import type { Probe } from "../probe/probe.ts";
import type { ObserverTools } from "../series.ts";
import { type RawSeries, rawSamples, scrapeIntervals, targetOf } from "./api.ts";
import { ask, type Question } from "./ask.ts";
import { clockOf, type ServerClock } from "./clock.ts";

/**
 * Reads raw samples as Prometheus stored them: their own timestamps (the start of the scrape) and the duration of the scrape,
 * so that what is known about a sample is known from Prometheus and not from when we asked.
 */

/** Far more than lies between two polls; what was read before is recognised by its timestamp. Grows while Prometheus is silent. */
const windowS = 15;
/** A scrape is stored a moment after it ended; asking again costs little. */
const settleMs = 25;
const retryMs = 100;

export interface WatchedSeries {
  readonly selector: string;
  /** Counters: several matching series count as their sum. Otherwise each sample of each series counts by itself. */
  readonly sum: boolean;
}

export async function observePrometheus(
  probe: Probe,
  origin: string,
  { metrics, questions }: { readonly metrics: readonly WatchedSeries[]; readonly questions: readonly Question[] },
  tools: ObserverTools,
): Promise<void> {
  if (metrics.length + questions.length === 0) return;
  const server = await clockOf(probe, origin, tools.until);
  if (!server) return;
  const { sameKernel, offsetMs, uncertaintyMs, method } = server;
  tools.journal.write({ kind: "clock", source: "prometheus", sameKernel, offsetMs, uncertaintyMs, method });
  await Promise.all([
    ...metrics.map((it) => follow(probe, origin, it, server, tools)),
    ...questions.map((it) => ask(probe, origin, it, server, tools)),
  ]);
}

async function follow(
  probe: Probe,
  origin: string,
  { selector, sum }: WatchedSeries,
  server: ServerClock,
  { journal, clock, changed, until }: ObserverTools,
): Promise<void> {
  let everyMs: number | undefined;
  let answered = hostNow();
  const read: ReadSoFar = new Map();
  while (!until.aborted) {
    const asked = hostNow();
    const windowNow = windowS + Math.ceil((asked - answered) / 1000);
    const [found, durations] = await Promise.all([
      rawSamples(probe, origin, selector, windowNow),
      rawSamples(probe, origin, "scrape_duration_seconds", windowNow),
    ]);
    if (until.aborted) return;
    if (found && durations) answered = asked;
    if (found?.length && everyMs === undefined) {
      everyMs = await intervalOf(probe, origin, found);
      if (everyMs !== undefined) journal.write({ kind: "series", id: selector, observer: "prometheus", everyMs });
    }
    const fresh = everyMs === undefined ? [] : scrapesOf(found ?? [], durations ?? [], sum, read, everyMs);
    const newest = Math.max(...fresh.map((it) => it.unixMs));
    if (fresh.length > 0) {
      journal.write({
        kind: "samples",
        series: selector,
        items: fresh.map(({ unixMs, tookMs, value }) => {
          const from = hostOfWall(unixMs - server.offsetMs);
          return [clock.at(from - server.uncertaintyMs), clock.at(from + tookMs + server.uncertaintyMs), value];
        }),
      });
      changed();
    }
    const due = fresh.length > 0 ? newest - server.offsetMs + (everyMs ?? 0) + settleMs - Date.now() : retryMs;
    await pause(Math.max(due, settleMs), until);
  }
}

interface Scrape {
  readonly unixMs: number;
  readonly tookMs: number;
  readonly value: number;
}

/** The newest scrape that was read of each target. Each has its own: a scrape is stored when it ends, and a slow one ends after younger ones. */
export type ReadSoFar = Map<string, { readonly unixMs: number; readonly value: number }>;

/**
 * The scrapes that are not in `read` yet, oldest first, each with its duration; notes them there. A target's newest whose duration is
 * not stored yet is left for the next look.
 */
export function scrapesOf(
  found: readonly RawSeries[],
  durations: readonly RawSeries[],
  sum: boolean,
  read: ReadSoFar,
  everyMs: number,
): Scrape[] {
  const took = new Map<string, number>();
  for (const { labels, samples } of durations)
    for (const { unixMs, value } of samples) took.set(`${targetOf(labels)} ${unixMs}`, value * 1000);
  const latest = new Map<string, number>();
  for (const { labels, samples } of found)
    for (const { unixMs } of samples)
      latest.set(targetOf(labels), Math.max(unixMs, latest.get(targetOf(labels)) ?? Number.NEGATIVE_INFINITY));
  const scrapes = found
    .flatMap(({ labels, samples }) => {
      const target = targetOf(labels);
      return samples.map((it) => ({ ...it, target, tookMs: took.get(`${target} ${it.unixMs}`) }));
    })
    .filter(
      ({ target, unixMs, tookMs }) =>
        unixMs > (read.get(target)?.unixMs ?? Number.NEGATIVE_INFINITY) &&
        (tookMs !== undefined || unixMs < (latest.get(target) ?? 0)),
    )
    // A series that was pushed or written by a rule has no scrape of its own: it may be as old as its interval.
    .map((it) => ({ ...it, tookMs: it.tookMs ?? everyMs }))
    .sort((a, b) => a.unixMs - b.unixMs);
  const fresh = sum ? summed(scrapes, read) : scrapes;
  for (const { target, unixMs, value } of scrapes) {
    const same = read.get(target);
    read.set(target, { unixMs, value: same?.unixMs === unixMs ? same.value + value : value });
  }
  return fresh.map(({ unixMs, tookMs, value }) => ({ unixMs, tookMs, value }));
}

/**
 * What all targets together count at each scrape: each target's series of that moment, and of the other targets what they said last.
 * (Adding only what was scraped at the same instant would see a counter go up and down between two targets.)
 */
function summed<T extends Scrape & { readonly target: string }>(scrapes: readonly T[], read: ReadSoFar): T[] {
  const said = new Map([...read].map(([target, { value }]) => [target, value]));
  const byScrape = Map.groupBy(scrapes, ({ target, unixMs }) => `${target} ${unixMs}`);
  return [...byScrape.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    said.set(first.target, first.value + others.reduce((total, { value }) => total + value, 0));
    return [{ ...first, value: [...said.values()].reduce((total, value) => total + value, 0) }];
  });
}

async function intervalOf(probe: Probe, origin: string, found: readonly RawSeries[]): Promise<number | undefined> {
  const intervals = await scrapeIntervals(probe, origin);
  const known = found.flatMap(({ labels }) => intervals?.get(targetOf(labels)) ?? []).filter((it) => it > 0);
  return known.length === 0 ? undefined : Math.max(...known);
}

async function pause(ms: number, until: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: until }).catch(() => undefined);
}

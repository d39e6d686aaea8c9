import { setTimeout as sleep } from "node:timers/promises";
import { hostNow, hostOfWall, wallReadingUncertaintyMs } from "../../clock.ts";
import type { Probe } from "../probe/probe.ts";
import type { ObserverTools } from "../series.ts";
import { type RawSeries, rawSamples, scrapeIntervals, serverTime, targetOf } from "./api.ts";

/**
 * Reads raw samples as Prometheus stored them: their own timestamps (the start of the scrape) and the duration of the scrape,
 * so that what is known about a sample is known from Prometheus and not from when we asked.
 */

/** Prometheus may move a scrape's timestamp by up to this much, so that it compresses better. */
const alignmentMs = 2;
/** Far more than lies between two polls; what was read before is recognised by its timestamp. */
const windowS = 15;
/** A scrape is stored a moment after it ended; asking again costs little. */
const settleMs = 25;
const retryMs = 100;
const exchanges = 5;

export interface WatchedSeries {
  readonly selector: string;
  /** Counters: several matching series count as their sum. Otherwise each sample of each series counts by itself. */
  readonly sum: boolean;
}

interface ServerClock {
  readonly sameKernel: boolean;
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly method: string;
}

export async function observePrometheus(
  probe: Probe,
  origin: string,
  watched: readonly WatchedSeries[],
  tools: ObserverTools,
): Promise<void> {
  if (watched.length === 0) return;
  const server = await clockOf(probe, origin, tools.until);
  if (!server) return;
  tools.journal.write({ kind: "clock", source: "prometheus", ...server });
  await Promise.all(watched.map((it) => follow(probe, origin, it, server, tools)));
}

/** The offset of Prometheus' clock to ours. Asks until it answers: it may still be starting. */
async function clockOf(probe: Probe, origin: string, until: AbortSignal): Promise<ServerClock | undefined> {
  // The probe runs beside Prometheus, so what is true of its kernel is true of Prometheus'.
  if (probe.clock.sameKernel)
    return {
      sameKernel: true,
      offsetMs: 0,
      uncertaintyMs: wallReadingUncertaintyMs + alignmentMs,
      method: "same kernel (equal boot_id)",
    };
  let best: { offset: number; half: number } | undefined;
  for (let taken = 0; taken < exchanges && !until.aborted; ) {
    const before = hostNow();
    const time = await serverTime(probe, origin);
    if (time === undefined) {
      await pause(retryMs, until);
      continue;
    }
    const half = (hostNow() - before) / 2;
    const offset = time - (Date.now() - half);
    if (!best || half < best.half) best = { offset, half };
    taken++;
  }
  return (
    best && {
      sameKernel: false,
      offsetMs: best.offset,
      uncertaintyMs: best.half + wallReadingUncertaintyMs + alignmentMs,
      method: "PromQL time(), exchanged",
    }
  );
}

async function follow(
  probe: Probe,
  origin: string,
  { selector, sum }: WatchedSeries,
  server: ServerClock,
  { journal, clock, changed, until }: ObserverTools,
): Promise<void> {
  let everyMs: number | undefined;
  let newest = Number.NEGATIVE_INFINITY;
  while (!until.aborted) {
    const [found, durations] = await Promise.all([
      rawSamples(probe, origin, selector, windowS),
      rawSamples(probe, origin, "scrape_duration_seconds", windowS),
    ]);
    if (until.aborted) return;
    if (found?.length && everyMs === undefined) {
      everyMs = await intervalOf(probe, origin, found);
      if (everyMs !== undefined) journal.write({ kind: "series", id: selector, observer: "prometheus", everyMs });
    }
    const fresh = everyMs === undefined ? [] : scrapesOf(found ?? [], durations ?? [], sum, newest, everyMs);
    if (fresh.length > 0) {
      newest = Math.max(...fresh.map((it) => it.unixMs));
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

/** The scrapes after `newest`, oldest first, each with its duration. One whose duration is not stored yet is left for the next look. */
export function scrapesOf(
  found: readonly RawSeries[],
  durations: readonly RawSeries[],
  sum: boolean,
  newest: number,
  everyMs: number,
): Scrape[] {
  const took = new Map<string, number>();
  for (const { labels, samples } of durations)
    for (const { unixMs, value } of samples) took.set(`${targetOf(labels)} ${unixMs}`, value * 1000);
  const latest = Math.max(...found.flatMap(({ samples }) => samples.map((it) => it.unixMs)));
  const scrapes = found
    .flatMap(({ labels, samples }) =>
      samples.map(({ unixMs, value }) => ({ unixMs, value, tookMs: took.get(`${targetOf(labels)} ${unixMs}`) })),
    )
    .filter(({ unixMs, tookMs }) => unixMs > newest && (tookMs !== undefined || unixMs < latest))
    // A series that was pushed or written by a rule has no scrape of its own: it may be as old as its interval.
    .map(({ unixMs, value, tookMs }) => ({ unixMs, value, tookMs: tookMs ?? everyMs }))
    .sort((a, b) => a.unixMs - b.unixMs);
  if (!sum) return scrapes;
  const byTime = new Map<number, Scrape>();
  for (const it of scrapes) {
    const same = byTime.get(it.unixMs);
    byTime.set(it.unixMs, same ? { ...same, value: same.value + it.value } : it);
  }
  return [...byTime.values()];
}

async function intervalOf(probe: Probe, origin: string, found: readonly RawSeries[]): Promise<number | undefined> {
  const intervals = await scrapeIntervals(probe, origin);
  const known = found.flatMap(({ labels }) => intervals?.get(targetOf(labels)) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

async function pause(ms: number, until: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: until }).catch(() => undefined);
}

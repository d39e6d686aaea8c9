import { z } from "zod";
import type { Probe } from "../probe/probe.ts";

/** Prometheus' HTTP API, as far as it is read here, reached from inside the stack's network. */

const limitMs = 2000;

const labels = z.record(z.string(), z.string());
const matrix = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({
    resultType: z.literal("matrix"),
    result: z.array(z.looseObject({ metric: labels, values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});
const scalar = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string()]) }),
});
const targets = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({
    activeTargets: z.array(z.looseObject({ labels, scrapeInterval: z.string(), scrapeTimeout: z.string() })),
  }),
});

/** One series as Prometheus keeps it: its labels and its raw samples, timestamps in ms since 1970. */
export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly unixMs: number; readonly value: number }[];
}

/** The raw samples of a selector in the last `windowS` seconds; undefined if Prometheus does not answer. */
export async function rawSamples(
  probe: Probe,
  origin: string,
  selector: string,
  windowS: number,
): Promise<RawSeries[] | undefined> {
  const answer = matrix.safeParse(await get(probe, origin, "query", { query: `${selector}[${windowS}s]` }));
  return answer.data?.data.result.map(({ metric, values }) => ({
    labels: metric,
    samples: values.flatMap(([unixS, text]) => {
      const value = promValue(text);
      return value === undefined ? [] : [{ unixMs: unixS * 1000, value }];
    }),
  }));
}

/** How often each target is scraped, ms, by `job` and `instance`. */
export async function scrapeIntervals(probe: Probe, origin: string): Promise<ReadonlyMap<string, number> | undefined> {
  const answer = targets.safeParse(await get(probe, origin, "targets", { state: "active" }));
  if (!answer.success) return undefined;
  return new Map(answer.data.data.activeTargets.map((it) => [targetOf(it.labels), promDurationMs(it.scrapeInterval)]));
}

/** Prometheus' own idea of the time, ms since 1970. */
export async function serverTime(probe: Probe, origin: string): Promise<number | undefined> {
  const answer = scalar.safeParse(await get(probe, origin, "query", { query: "time()" }));
  return answer.success ? Number(answer.data.data.result[1]) * 1000 : undefined;
}

/** Samples and the duration of the scrape that brought them belong together by this. */
export function targetOf({ job, instance }: Readonly<Record<string, string>>): string {
  return `${job ?? ""} ${instance ?? ""}`;
}

/**
 * A sample's value as the API writes it. A journal holds finite numbers only: the infinities become the largest there are, which
 * compare alike, and NaN, which says nothing, is no sample (so that it is a gap, and no condition passes by it).
 */
export function promValue(text: string): number | undefined {
  const value = Number(text.replace("Inf", "Infinity"));
  if (Number.isNaN(value)) return undefined;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/** Go-like durations as the API writes them: `15s`, `1m30s`, `500ms`. Anything else is 0. */
export function promDurationMs(text: string): number {
  const unit: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
  let total = 0;
  for (const [, amount, name] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g))
    total += Number(amount) * (unit[name ?? ""] ?? 0);
  return total;
}

async function get(probe: Probe, origin: string, path: string, query: Record<string, string>): Promise<unknown> {
  const answer = await probe.fetch(`${origin}/api/v1/${path}?${new URLSearchParams(query)}`, { timeoutMs: limitMs });
  if ("error" in answer) return undefined;
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}

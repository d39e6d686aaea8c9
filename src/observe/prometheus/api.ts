import { z } from "zod";
import { stretched } from "../../limit.ts";
import { seconds } from "../../time.ts";
import type { Probe } from "../probe/probe.ts";

/** Prometheus' HTTP API, as far as it is read here, reached from inside the stack's network. */

const usualLimit = seconds(2);

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
const timed = z.tuple([z.number(), z.string()]);
const evaluated = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({ resultType: z.enum(["scalar", "vector", "matrix", "string"]), result: z.unknown() }),
});
/** A scalar's value, or those of a vector. */
const timedValues = z.union([
  timed.transform((it) => [it]),
  z.array(z.looseObject({ value: timed })).transform((all) => all.map((it) => it.value)),
]);
const refusal = z.looseObject({ status: z.literal("error"), errorType: z.literal("bad_data"), error: z.string() });
const rules = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({
    groups: z.array(
      z.looseObject({
        interval: z.number(),
        evaluationTime: z.number().default(0),
        rules: z.array(z.looseObject({ name: z.string(), type: z.string() })),
      }),
    ),
  }),
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

/** The longest that any target's newest sample may be old, ms: its scrape interval, and as long as a scrape may take until it is stored. */
export async function longestScrape(probe: Probe, origin: string): Promise<number | undefined> {
  const answer = targets.safeParse(await get(probe, origin, "targets", { state: "active" }));
  const all = answer.data?.data.activeTargets.map(
    (it) => promDurationMs(it.scrapeInterval) + promDurationMs(it.scrapeTimeout),
  );
  return all && Math.max(0, ...all);
}

/** What an expression came to: its values at one moment (NaN is none), or why Prometheus will never say. */
export type Evaluated =
  | { readonly unixMs: number; readonly values: readonly (number | undefined)[] }
  | { readonly refused: string };

/** Evaluates an expression now; undefined if Prometheus does not answer, or has nothing to say it of. */
export async function evaluate(probe: Probe, origin: string, query: string): Promise<Evaluated | undefined> {
  const answer = await get(probe, origin, "query", { query });
  const refused = refusal.safeParse(answer);
  if (refused.success) return { refused: refused.data.error };
  const { data } = evaluated.safeParse(answer);
  if (!data) return undefined;
  const { resultType, result } = data.data;
  if (resultType === "matrix" || resultType === "string")
    return { refused: `its value is a ${resultType}, not a number` };
  const found = timedValues.safeParse(result).data ?? [];
  const [first] = found;
  return first && { unixMs: first[0] * 1000, values: found.map(([, text]) => promValue(text)) };
}

/** How old an alert's state may be, ms, by the alert's name: its rules are evaluated so often, and that takes so long. */
export async function alertAges(probe: Probe, origin: string): Promise<ReadonlyMap<string, number> | undefined> {
  const answer = rules.safeParse(await get(probe, origin, "rules", { type: "alert" }));
  return (
    answer.data &&
    new Map(
      answer.data.data.groups.flatMap(({ interval, evaluationTime, rules: all }) =>
        all.map(({ name }) => [name, (interval + evaluationTime) * 1000] as const),
      ),
    )
  );
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
  const answer = await probe.fetch(`${origin}/api/v1/${path}?${new URLSearchParams(query)}`, {
    timeoutMs: stretched(usualLimit),
  });
  if ("error" in answer) return undefined;
  try {
    return JSON.parse(answer.body);
  } catch {
    return undefined;
  }
}

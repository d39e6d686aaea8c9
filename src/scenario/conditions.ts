import { z } from "zod";
import { lasting } from "./lasting.ts";

/** A condition on one signal of the stack. Each names exactly one series of samples and says which values are good. */

const matcher = String.raw`[a-zA-Z_][a-zA-Z0-9_]*\s*(=|!=|=~|!~)\s*("([^"\\]|\\.)*"|'([^'\\]|\\.)*')`;
const selectorPattern = new RegExp(
  String.raw`^[a-zA-Z_:][a-zA-Z0-9_:]*(\{\s*(${matcher}\s*(,\s*${matcher}\s*)*)?\})?$`,
);
const selector = z.string().regex(selectorPattern, 'a PromQL series selector, such as up{job="app"}').meta({
  description: 'A PromQL series selector, such as up{job="app"}. Its raw samples are read, not an expression.',
});

const bounds = ["is", "atLeast", "atMost"] as const;

const metricCondition = z
  .strictObject({
    metric: selector,
    is: z.number().optional(),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
  })
  .refine((it) => bounds.some((bound) => it[bound] !== undefined), {
    message: "a metric condition needs one of: is, atLeast, atMost",
  })
  .refine((it) => it.is === undefined || (it.atLeast === undefined && it.atMost === undefined), {
    message: "`is` stands alone: it says the one good value, so atLeast and atMost add nothing",
    path: ["is"],
  })
  .refine((it) => it.atLeast === undefined || it.atMost === undefined || it.atLeast <= it.atMost, {
    message: "no value is good: atLeast is above atMost",
    path: ["atLeast"],
  })
  .meta({ anyOf: bounds.map((bound) => ({ required: [bound] })) });

const probeUrl = /^(http:\/\/[^\s/:]+(:\d+)?(\/\S*)?|tcp:\/\/[^\s/:]+:\d+)$/;

const probeCondition = z
  .strictObject({
    probe: z
      .string()
      .regex(
        probeUrl,
        "an address inside the stack's network without TLS, such as http://app:8080/readyz or tcp://postgres:5432",
      )
      .meta({ description: "Tried from inside the stack's network, about 100 times a second" }),
    status: z.int().min(100).max(599).optional().meta({ description: "The HTTP status that is good; 200 unless told" }),
  })
  .refine((it) => it.status === undefined || !it.probe.startsWith("tcp:"), {
    message: "a tcp probe has no status: an accepted connection is good",
    path: ["status"],
  });

export const condition = z.union([metricCondition, probeCondition]);
export type Condition = z.output<typeof condition>;

const timed = { within: lasting.meta({ description: "Counted from the injection" }) };

/** What must become true while a fault lasts, within a time of its own. */
export const timedCondition = z.union([metricCondition.safeExtend(timed), probeCondition.safeExtend(timed)]);

/** Agrees with a recovery, later and within a time of its own; never moves the recovery time. */
export const corroboration = z.strictObject({
  counter: selector,
  increases: z.literal(true),
  within: lasting,
});
export type Corroboration = z.output<typeof corroboration>;

/** The series that a condition reads: equal ids are read once. */
export function seriesOf(it: Condition | Corroboration): string {
  if ("metric" in it) return it.metric;
  if ("counter" in it) return it.counter;
  return it.probe;
}

/** Whether one sampled value is good. A probe's value is its HTTP status (200 for an accepted TCP connection), 0 for no answer. */
export function isGood(it: Condition, value: number): boolean {
  if ("probe" in it) return value === (it.status ?? 200);
  return (
    (it.is === undefined || value === it.is) &&
    (it.atLeast === undefined || value >= it.atLeast) &&
    (it.atMost === undefined || value <= it.atMost)
  );
}

/** `up{job="app"} is 1`, `http://app:8080/readyz answers 200`. */
export function describeCondition(it: Condition | Corroboration): string {
  if ("counter" in it) return `${it.counter} increases`;
  if ("probe" in it)
    return it.probe.startsWith("tcp:") ? `${it.probe} accepts` : `${it.probe} answers ${it.status ?? 200}`;
  const parts = [
    it.is === undefined ? [] : [`is ${it.is}`],
    it.atLeast === undefined ? [] : [`is at least ${it.atLeast}`],
    it.atMost === undefined ? [] : [`is at most ${it.atMost}`],
  ].flat();
  return `${it.metric} ${parts.join(" and ")}`;
}

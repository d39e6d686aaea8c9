import { z } from "zod";
import { duration } from "../time.ts";

/** A condition on one signal of the stack. Each names exactly one series of samples and says which values are good. */

const selector = z
  .string()
  .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*\})?$/, 'a PromQL series selector, such as up{job="app"}')
  .meta({
    description: 'A PromQL series selector, such as up{job="app"}. Its raw samples are read, not an expression.',
  });

const metricCondition = z
  .strictObject({
    metric: selector,
    is: z.number().optional(),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
  })
  .refine((it) => it.is !== undefined || it.atLeast !== undefined || it.atMost !== undefined, {
    message: "a metric condition needs one of: is, atLeast, atMost",
  });

const httpUrl = /^https?:\/\/[^\s/:]+(:\d+)?(\/\S*)?$/;
const tcpUrl = /^tcp:\/\/[^\s/:]+:\d+$/;

const probeCondition = z.strictObject({
  probe: z
    .string()
    .refine((url) => httpUrl.test(url) || tcpUrl.test(url), {
      message: "an address inside the stack's network, such as http://app:8080/readyz or tcp://postgres:5432",
    })
    .meta({ description: "Tried from inside the stack's network, about 100 times a second" }),
  status: z.int().min(100).max(599).optional().meta({ description: "The HTTP status that is good; 200 unless told" }),
});

export const condition = z.union([metricCondition, probeCondition]);
export type Condition = z.output<typeof condition>;

/** Agrees with a recovery, later and within a time of its own; never moves the recovery time. */
export const corroboration = z.strictObject({
  counter: selector,
  increases: z.literal(true),
  within: duration,
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

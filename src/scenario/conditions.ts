import { z } from "zod";
import { type Duration, instant, ms } from "../time.ts";
import {
  containerCondition,
  healthCondition,
  readContainer,
  readHealth,
  readRestarts,
  restartsCondition,
} from "./condition/container.ts";
import { diskCondition, readDisk } from "./condition/disk.ts";
import { logSizeCondition, readLogSize } from "./condition/log-size.ts";
import { probeCondition, readProbe } from "./condition/probe.ts";
import {
  alertCondition,
  counterCondition,
  metricCondition,
  promqlCondition,
  readAlert,
  readCounter,
  readMetric,
  readPromql,
  selector,
} from "./condition/prometheus.ts";
import type { Reading, Sampled } from "./condition/reading.ts";
import { logCondition, messageCondition, readLog, readMessage } from "./condition/texts.ts";
import { lasting } from "./lasting.ts";

/**
 * A condition on one signal of the stack: it names one series of samples and says which of them are good. A kind is told by its first
 * key, and has its schema and its reading in `condition/`. What is written is kept as it is: a plan holds conditions as data.
 */
export const condition = z.union([
  metricCondition,
  promqlCondition,
  alertCondition,
  probeCondition,
  containerCondition,
  healthCondition,
  restartsCondition,
  logCondition,
  messageCondition,
  diskCondition,
  logSizeCondition,
]);

/** What may come true beside a recovery: of a counter, too, which tells too late for a time to be taken from it. */
export const anyCondition = z.union([...condition.options, counterCondition]);
export type Condition = z.output<typeof anyCondition>;

const timed = { within: lasting.meta({ description: "Counted from the injection" }) };

/** What must become true while a fault lasts, within a time of its own. */
export const timedCondition = z.union([
  metricCondition.safeExtend(timed),
  promqlCondition.safeExtend(timed),
  alertCondition.safeExtend(timed),
  probeCondition.safeExtend(timed),
  containerCondition.safeExtend(timed),
  healthCondition.safeExtend(timed),
  restartsCondition.safeExtend(timed),
  logCondition.safeExtend(timed),
  messageCondition.safeExtend(timed),
  diskCondition.safeExtend(timed),
  logSizeCondition.safeExtend(timed),
  counterCondition.safeExtend(timed),
]);

/** Agrees with a recovery, later and within a time of its own; never moves the recovery time. */
const counterCorroboration = <Within extends z.ZodType>(within: Within) =>
  z
    .strictObject({
      counter: selector,
      increases: z.literal(true).optional(),
      keeps: z.literal(true).optional().meta({
        description: "It is at least what it was before the fault, as where it is made again from what it is kept in",
      }),
      within,
    })
    .refine((it) => (it.increases === undefined) !== (it.keeps === undefined), {
      message: "a counter either increases (increases: true) or is what it was (keeps: true)",
    })
    .meta({ oneOf: [{ required: ["increases"] }, { required: ["keeps"] }] });

/** systemd's own count of a unit's restarts: it says that systemd healed the service in whose container it runs. */
const unitCorroboration = z.strictObject({
  unit: z
    .string()
    .regex(/^[\w@:.\\-]+\.\w+$/, "the full name of a unit, such as tapo-exporter.service")
    .meta({ description: "A unit of the systemd that runs in a service's container" }),
  of: z.string().min(1).meta({ description: "The service in whose container that systemd runs" }),
  restarted: z.literal(true),
  within: lasting,
});

/** A line that a program wrote of it, such as the watchdog's of what it did: it agrees, and says nothing about who healed. */
const logCorroboration = logCondition.omit({ atLeast: true }).extend({ within: lasting });

export const corroboration = z.union([counterCorroboration(lasting), unitCorroboration, logCorroboration]);
export type Corroboration = z.output<typeof corroboration>;
type CounterCorroboration = Extract<Corroboration, { readonly counter: string }>;

/** As a plan holds it: durations are numbers (ms) already. */
const within = z
  .number()
  .nonnegative()
  .transform((it): Duration => ms(it));
export const plannedCorroboration = z.union([
  counterCorroboration(within),
  unitCorroboration.extend({ within }),
  logCorroboration.extend({ within }),
]);

/** All that is to be known of a condition, whatever its kind. */
export function readingOf(it: Condition | CounterCorroboration): Reading {
  if ("metric" in it) return readMetric(it);
  if ("promql" in it) return readPromql(it);
  if ("alert" in it) return readAlert(it);
  if ("counter" in it) return readCounter(it);
  if ("probe" in it) return readProbe(it);
  if ("container" in it) return readContainer(it);
  if ("health" in it) return readHealth(it);
  if ("restarts" in it) return readRestarts(it);
  if ("log" in it) return readLog(it);
  if ("message" in it) return readMessage(it);
  return "disk" in it ? readDisk(it) : readLogSize(it);
}

/** The series that a condition reads: equal ids are read once. */
export function seriesOf(it: Condition | Corroboration): string {
  return "unit" in it ? `restarts of ${it.unit} in ${it.of}` : readingOf(it).series;
}

/** Whether one sample is good. Of a running total the value is what came since the origin. */
export const isGood = (it: Condition, sample: Sampled): boolean => readingOf(it).good(sample);

/** `up{job="app"} is 1`, `http://app:8080/readyz answers 200`. */
export function describeCondition(it: Condition | Corroboration): string {
  if ("counter" in it && "keeps" in it && it.keeps) return `${it.counter} is kept`;
  return "unit" in it ? `systemd restarts ${it.unit} in ${it.of}` : readingOf(it).text;
}

/** A sample's value in words. */
export const sayValue = (it: Condition, value: number): string => readingOf(it).say(value);

/** Whether it can only come true after the origin, as a message that is to be received. Then it is no part of the steady state. */
export function comesLater(it: Condition): boolean {
  const { cumulative, good } = readingOf(it);
  const nothing = { from: instant(0), to: instant(0), value: 0 };
  return cumulative === true && !good(nothing);
}

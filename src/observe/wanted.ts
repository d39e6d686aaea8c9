import { conditionsOf, type TrialPlan } from "../plan.ts";
import { readingOf, seriesOf } from "../scenario/conditions.ts";
import type { WatchedDisk } from "./disk.ts";
import type { WatchedInbox } from "./inbox.ts";
import type { WatchedLog } from "./logs.ts";
import { probePaces } from "./probe-pace.ts";
import type { WatchedAddress } from "./probing.ts";
import type { Question } from "./prometheus/ask.ts";
import type { WatchedSeries } from "./prometheus/observe.ts";
import type { WatchedContainer } from "./states.ts";
import type { WatchedUnit } from "./units.ts";

/** What the plan's conditions and corroborations read, by who looks at it: each series once. */
export interface Wanted {
  readonly addresses: readonly WatchedAddress[];
  readonly metrics: readonly WatchedSeries[];
  readonly questions: readonly Question[];
  readonly states: readonly WatchedContainer[];
  readonly healths: readonly WatchedContainer[];
  readonly starts: readonly WatchedContainer[];
  readonly logs: readonly WatchedLog[];
  readonly logSizes: readonly WatchedContainer[];
  readonly inboxes: readonly WatchedInbox[];
  readonly disks: readonly WatchedDisk[];
  readonly units: readonly WatchedUnit[];
}

export function seriesWanted(plan: TrialPlan): Wanted {
  const corroborations = plan.acts.flatMap((it) => it.recovery.corroboratedBy);
  const readings = new Map(
    [...conditionsOf(plan), ...corroborations.filter((it) => "log" in it)]
      .map((it) => readingOf(it))
      .map((it) => [it.series, it]),
  );
  const paceOf = probePaces(plan);
  const all = [...readings].map(([id, { watch }]) => ({ id, ...watch }));
  const units = corroborations.flatMap((it) =>
    "unit" in it ? [[seriesOf(it), { id: seriesOf(it), service: it.of, unit: it.unit }] as const] : [],
  );
  const counters = new Set([
    ...all.flatMap((it) => (it.by === "prometheus" && it.sum ? [it.selector] : [])),
    ...corroborations.flatMap((it) => ("counter" in it ? [it.counter] : [])),
  ]);
  const selectors = new Set(all.flatMap((it) => (it.by === "prometheus" ? [it.selector] : [])));
  const containers = (by: "state" | "health" | "starts" | "log-size"): WatchedContainer[] =>
    all.flatMap((it) => (it.by === by ? [without(it)] : []));
  return {
    addresses: all.flatMap((it) => (it.by === "probe" ? [{ ...without(it), every: paceOf(it.id) }] : [])),
    // What is a counter too counts as a sum.
    metrics: [...new Set([...selectors, ...counters])].map((it) => ({ selector: it, sum: counters.has(it) })),
    questions: all.flatMap((it) => (it.by === "promql" ? [without(it)] : [])),
    states: containers("state"),
    healths: containers("health"),
    starts: containers("starts"),
    logSizes: containers("log-size"),
    logs: all.flatMap((it) => (it.by === "log" ? [without(it)] : [])),
    inboxes: all.flatMap((it) => (it.by === "http" ? [without(it)] : [])),
    units: [...new Map(units).values()],
    disks: all.flatMap((it) => (it.by === "disk" ? [without(it)] : [])),
  };
}

const without = <T extends { readonly by: unknown }>({ by: _, ...rest }: T): Omit<T, "by"> => rest;

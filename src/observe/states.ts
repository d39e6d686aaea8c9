import { healthCodes, stateCodes } from "../scenario/condition/container.ts";
import type { ObserverTools } from "./series.ts";
import type { WallClock } from "./wall-clock.ts";
import { type ContainerWatcher, type Look, looksEvery } from "./watch-containers.ts";

/** Series of what the engine knows of a container: its state, its health, how often it was started. */

export interface WatchedContainer {
  readonly id: string;
  readonly service: string;
  /** Its first container unless told. */
  readonly replica?: number;
}

type Tools = Pick<ObserverTools, "journal" | "clock" | "changed">;

const declare = ({ journal }: Tools, id: string) =>
  journal.write({ kind: "series", id, observer: "engine", everyMs: looksEvery() });

const codeOf = (codes: Readonly<Record<string, number>>, name: string | undefined): number | undefined =>
  name === undefined ? undefined : codes[name];

/** Each look is a sample: the container's state as a number. One that we know no number of is no sample. */
export function watchState(watched: WatchedContainer, tools: Tools): ContainerWatcher {
  declare(tools, watched.id);
  return sampling(watched, tools, (it) => codeOf(stateCodes, it ? it.status : "gone"));
}

export function watchHealth(watched: WatchedContainer, tools: Tools): ContainerWatcher {
  declare(tools, watched.id);
  return sampling(watched, tools, (it) => codeOf(healthCodes, it?.health ?? "none"));
}

function sampling(
  { id, ...which }: WatchedContainer,
  { journal, clock, changed }: Tools,
  sampled: (container: Look["container"]) => number | undefined,
): ContainerWatcher {
  return {
    ...which,
    seen({ when, container }) {
      const value = sampled(container);
      if (value === undefined) return;
      journal.write({ kind: "samples", series: id, items: [[clock.at(when.from), clock.at(when.to), value]] });
      changed();
    },
  };
}

/**
 * The running total of a service's starts. Events count them, each a sample at its own time; a look shows that none is missing: it is a
 * sample only if the container runs since a start that was told.
 */
export function watchStarts({ id, service }: WatchedContainer, engine: WallClock, tools: Tools): ContainerWatcher {
  const { journal, clock, changed } = tools;
  declare(tools, id);
  let total = 0;
  let newest: number | undefined;
  const sample = (from: number, to: number) => {
    journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(to), total]] });
    changed();
  };
  return {
    service,
    seen({ when, container }) {
      const started = container?.startedAtUnixMs ?? Number.NEGATIVE_INFINITY;
      newest ??= started;
      if (started <= newest) sample(when.from, when.to);
    },
    heard({ action, unixMs }) {
      if (action !== "start" || newest === undefined) return;
      total += 1;
      newest = Math.max(newest, unixMs);
      const { from, to } = engine.toHost(unixMs);
      sample(from, to);
    },
  };
}

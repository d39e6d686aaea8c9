import { expect, test } from "vitest";
import type { ContainerLook } from "../stack/stack.ts";
import { eventually } from "../stack/testing/playground.ts";
import { watchHealth, watchStarts, watchState } from "./states.ts";
import { runningContainer } from "./testing/running-container.ts";
import { Observed, plainEngineClock } from "./testing/tools.ts";
import { ContainerWatch, type Look } from "./watch-containers.ts";

const running: ContainerLook = { ...runningContainer, startedAtUnixMs: 1000 };
const look = (from: number, change: Partial<ContainerLook> = {}): Look => ({
  when: { from, to: from + 5 },
  container: { ...running, ...change },
});

test("each service is looked at at a steady pace, for all who watch it, and at once when the engine tells of it", async () => {
  using observed = new Observed();
  const asked: string[] = [];
  const seen: Look[] = [];
  const watch = new ContainerWatch([
    { service: "app", seen: (it) => seen.push(it) },
    { service: "app", seen: () => undefined },
    { service: "redis", seen: () => undefined },
  ]);
  const lookAt = async (service: string) => {
    asked.push(service);
    return service === "app" ? running : undefined;
  };
  const done = watch.run({ lookAt }, observed.tools.until);
  await eventually("four looks", () => seen.length >= 4);
  const pauses = seen.slice(1).map((it, index) => it.when.from - (seen[index]?.when.from ?? 0));
  for (const pause of pauses) expect(pause).toBeGreaterThan(190);
  const before = seen.length;
  watch.tell({ service: "app", action: "die", unixMs: 1 });
  await eventually("a look for the event", () => seen.length > before);
  expect((seen[before]?.when.from ?? 0) - (seen[before - 1]?.when.from ?? 0)).toBeLessThan(190);
  observed.end();
  await done;
  expect(Math.abs(asked.filter((it) => it === "redis").length - seen.length)).toBeLessThanOrEqual(2);
});

test("each of a service's containers is looked at for its own watchers, all at once when the engine tells of one", async () => {
  using observed = new Observed();
  const seen = { first: 0, second: 0 };
  const watch = new ContainerWatch([
    { service: "app", seen: ({ container }) => (seen.first += container?.container === "app-1" ? 1 : 0) },
    { service: "app", replica: 2, seen: ({ container }) => (seen.second += container?.container === "app-2" ? 1 : 0) },
  ]);
  const lookAt = async (_service: string, replica = 1) => ({ ...running, container: `app-${replica}` });
  const done = watch.run({ lookAt }, observed.tools.until);
  await eventually("a look at each", () => seen.first === 1 && seen.second === 1);
  watch.tell({ service: "app", action: "die", unixMs: 1 });
  await eventually("another for the event", () => seen.first === 2 && seen.second === 2);
  observed.end();
  await done;
});

test("an engine that does not answer ends the looking with its error", async () => {
  using observed = new Observed();
  const watch = new ContainerWatch([{ service: "app", seen: () => undefined }]);
  const silent = () => Promise.reject(new Error("silent"));
  await expect(watch.run({ lookAt: silent }, observed.tools.until)).rejects.toThrow("silent");
});

test("a container's state and health are samples with their codes, from asked to answered; none at all is gone", () => {
  using observed = new Observed();
  const state = watchState({ id: "state", service: "app" }, observed.tools);
  const health = watchHealth({ id: "health", service: "app" }, observed.tools);
  const at = observed.clock.originHost;
  const looks: Look[] = [
    look(at + 100, { health: "healthy" }),
    look(at + 300, { status: "restarting", health: "starting" }),
    look(at + 500, { status: "exited", health: "unhealthy" }),
    look(at + 700, { status: "paused" }),
    look(at + 900, { status: "what we do not know", health: "neither" }),
    { when: { from: at + 1100, to: at + 1105 } },
  ];
  for (const it of looks) for (const watcher of [state, health]) watcher.seen(it);
  expect(observed.values("state")).toEqual([3, 2, 5, 4, 0]);
  expect(observed.values("health")).toEqual([2, 1, 3, 0, 0]);
  expect(observed.items("state")[0]).toEqual([100, 105, 3]);
  expect(observed.journal.records[0]).toMatchObject({ kind: "series", id: "state", observer: "engine", everyMs: 200 });
  expect(observed.changes).toBe(10);
});

test("starts are counted by the engine's events, each at its own time, and looks in between say that there were no more", () => {
  using observed = new Observed();
  const starts = watchStarts({ id: "starts", service: "app" }, plainEngineClock, observed.tools);
  const at = observed.clock.originHost;
  const start = (unixMs: number) => starts.heard?.({ service: "app", action: "start", unixMs });
  starts.seen(look(at + 100, { startedAtUnixMs: at - 50 }));
  starts.heard?.({ service: "app", action: "die", unixMs: at + 150 });
  start(at + 200);
  start(at + 400);
  starts.seen(look(at + 600, { startedAtUnixMs: at + 399 }));
  expect(observed.items("starts")).toEqual([
    [100, 105, 0],
    [199, 201, 1],
    [399, 401, 2],
    [600, 605, 2],
  ]);
});

test("a look at a start that no event has told yet is no sample: nobody knows how many it makes", () => {
  using observed = new Observed();
  const starts = watchStarts({ id: "starts", service: "app" }, plainEngineClock, observed.tools);
  const at = observed.clock.originHost;
  starts.seen(look(at + 100, { startedAtUnixMs: at - 50 }));
  starts.seen(look(at + 300, { startedAtUnixMs: at + 200 }));
  expect(observed.values("starts")).toEqual([0]);
  starts.heard?.({ service: "app", action: "start", unixMs: at + 201 });
  starts.seen(look(at + 500, { startedAtUnixMs: at + 200 }));
  expect(observed.values("starts")).toEqual([0, 1, 1]);
});

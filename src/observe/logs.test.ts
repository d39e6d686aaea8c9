import { expect, test } from "vitest";
import type { LogListener } from "../stack/follow-log.ts";
import type { ContainerLook } from "../stack/stack.ts";
import { eventually } from "../stack/testing/playground.ts";
import { watchLog } from "./logs.ts";
import { runningContainer } from "./testing/running-container.ts";
import { Observed } from "./testing/tools.ts";
import type { Look } from "./watch-containers.ts";

/** The engine's clock is an hour ahead of ours. */
const ahead = 3_600_000;

function watching() {
  const observed = new Observed();
  const streams: { id: string; since: number; listener: LogListener; open: boolean }[] = [];
  const lost: unknown[] = [];
  const wallAt = (at: number) => Date.now() - (observed.clock.now() - at);
  const containers = {
    async followLog(id: string, since: number, listener: LogListener) {
      const stream = { id, since: since - wallAt(0) - ahead, listener, open: true };
      streams.push(stream);
      return {
        [Symbol.dispose]: () => {
          stream.open = false;
        },
      };
    },
  };
  const engine = {
    sameKernel: false,
    offsetMs: ahead,
    uncertaintyMs: 2,
    method: "told",
    toHost: (unixMs: number) => {
      const host = unixMs - ahead - wallAt(0) + observed.clock.originHost;
      return { from: host - 2, to: host + 2 };
    },
  };
  const watched = { id: "log", service: "app", pattern: "^lost" };
  const watcher = watchLog(watched, containers, engine, observed.tools, (why) => lost.push(why));
  const unix = (at: number) => wallAt(at) + ahead;
  return {
    observed,
    streams,
    lost,
    async seen(look: Partial<ContainerLook> | undefined) {
      const now = observed.clock.originHost + observed.clock.now();
      const when: Look["when"] = { from: now, to: now };
      watcher.seen(look ? { when, container: { ...runningContainer, ...look } } : { when });
      await Promise.resolve();
      await Promise.resolve();
    },
    /** A line that was written at an instant of the trial. */
    line(text: string, at: number, listener = streams.at(-1)?.listener) {
      const unixMs = unix(at);
      listener?.line({ stamp: new Date(unixMs).toISOString(), unixMs, text });
    },
  };
}

test("each line that matches is a sample at the time of its stamp; a look says what there was a moment before it", async () => {
  const { observed, seen, line, streams } = watching();
  using _ = observed;
  await seen({});
  expect(streams[0]?.since).toBeLessThan(0);
  await seen({});
  const now = observed.clock.now();
  line("lost the database", now - 20);
  line("found it", now - 10);
  line("lost it again", now - 5);
  await seen({});
  await eventually("the lines", () => observed.values().length === 4);
  const [before, meanwhile, first, second] = observed.items();
  expect([before?.[2], meanwhile?.[2]]).toEqual([0, 0]);
  expect(before?.[1]).toBeLessThan(now - 200);
  expect(first?.slice(2)).toEqual([1, "lost the database"]);
  expect(second?.slice(2)).toEqual([2, "lost it again"]);
  expect(Math.abs((first?.[0] ?? 0) - (now - 22))).toBeLessThan(20);
  expect((first?.[1] ?? 0) - (first?.[0] ?? 0)).toBeCloseTo(4, 1);
});

test("once the lines are old enough, the looks count them too", async () => {
  const { observed, seen, line } = watching();
  using _ = observed;
  await seen({});
  line("lost", observed.clock.now() - 400);
  line("lost", observed.clock.now());
  await seen({});
  expect(observed.values()).toEqual([1]);
});

test("standard output and standard error, side by side, are counted in the order of their stamps", async () => {
  const { observed, seen, line } = watching();
  using _ = observed;
  await seen({});
  const now = observed.clock.now();
  line("lost: second", now - 10);
  line("lost: first", now - 20);
  await eventually("the lines", () => observed.items().length === 2);
  expect(observed.items().map((it) => it.slice(2))).toEqual([
    [1, "lost: first"],
    [2, "lost: second"],
  ]);
});

test("a container that was started again is followed from the newest line on, and none is told twice or missed", async () => {
  const { observed, seen, line, streams } = watching();
  using _ = observed;
  await seen({});
  const now = observed.clock.now();
  line("lost: the last", now);
  streams[0]?.listener.ended();
  await seen({ running: false, status: "exited" });
  expect(streams).toHaveLength(1);
  await seen({ startedAtUnixMs: 2 });
  expect(streams).toHaveLength(2);
  expect(Math.abs((streams[1]?.since ?? 0) - now)).toBeLessThan(20);
  streams[1]?.listener.line({ stamp: new Date(0).toISOString(), unixMs: 0, text: "lost: an old one" });
  line("lost: a new one", now + 2);
  await eventually("the lines", () => observed.items().some((it) => it[3] === "lost: a new one"));
  expect(observed.items().flatMap((it) => it[3] ?? [])).toEqual(["lost: the last", "lost: a new one"]);
});

test("one that started and ended between two looks is read all the same", async () => {
  const { seen, streams, observed } = watching();
  using _ = observed;
  await seen({});
  streams[0]?.listener.ended();
  await seen({ running: false, startedAtUnixMs: 2 });
  expect(streams).toHaveLength(2);
});

test("while its log is not followed yet, a running container's looks are no samples; a service without one writes nothing", async () => {
  const { observed, seen, streams: opened } = watching();
  using _ = observed;
  await Promise.all([seen({}), seen({}), seen({})]);
  expect(opened).toHaveLength(1);
  expect(observed.values()).toEqual([]);
  await seen({});
  expect(observed.values()).toEqual([0]);
  const other = watching();
  using __ = other.observed;
  await other.seen(undefined);
  expect(other.observed.values()).toEqual([0]);
  expect(other.streams).toEqual([]);
});

test("a flood is told in part, with its sum", async () => {
  const { observed, seen, line } = watching();
  using _ = observed;
  await seen({});
  const now = observed.clock.now();
  for (let index = 0; index < 500; index++) line("lost", now + index / 100);
  await eventually("the flood", () => observed.values().includes(500));
  expect(observed.values()).toHaveLength(21);
});

test("a log that cannot be followed is told of, and the end of the trial ends the following", async () => {
  const { observed, lost, seen, streams } = watching();
  await seen({});
  observed[Symbol.dispose]();
  expect(streams[0]?.open).toBe(false);
  const broken = watching();
  using _ = broken.observed;
  const why = new Error("no such driver");
  const failing = watchLog(
    { id: "broken", service: "app", pattern: "x" },
    { followLog: () => Promise.reject(why) },
    { sameKernel: true, offsetMs: 0, uncertaintyMs: 0, method: "", toHost: (at) => ({ from: at, to: at }) },
    broken.observed.tools,
    (it) => lost.push(it),
  );
  failing.seen({ when: { from: 1, to: 2 }, container: runningContainer });
  await eventually("the loss", () => lost.length > 0);
  expect(lost).toEqual([why]);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hostOfWall, TrialClock } from "../../clock.ts";
import { recordsOf } from "../../journal.ts";
import { JournalWriter } from "../../journal-file.ts";
import { eventually } from "../../stack/testing/playground.ts";
import type { Probe } from "../probe/probe.ts";
import type { RawSeries } from "./api.ts";
import { observePrometheus, type ReadSoFar, scrapesOf, type WatchedSeries } from "./observe.ts";
import { FakePrometheus, fakeProbe } from "./testing/fake-prometheus.ts";

const series = (labels: Record<string, string>, ...samples: [unixMs: number, value: number][]): RawSeries => ({
  labels,
  samples: samples.map(([unixMs, value]) => ({ unixMs, value })),
});
const app = { job: "app", instance: "app:80" };
const plug = { job: "plug", instance: "plug:80" };
const everyMs = 1000;

/** As often as it is called, with what was read before remembered. */
function reader(sum = false) {
  const read: ReadSoFar = new Map();
  return (found: readonly RawSeries[], durations: readonly RawSeries[]) =>
    scrapesOf(found, durations, sum, read, everyMs).map(({ unixMs, tookMs, value }) => [unixMs, tookMs, value]);
}

describe("the scrapes that are new", () => {
  test("come oldest first, each with the duration of the scrape that brought it, by job and instance", () => {
    const look = reader();
    const found = [series({ ...app, zone: "a" }, [1000, 1], [2000, 0]), series(plug, [1500, 1])];
    const durations = [series(plug, [1500, 0.5]), series(app, [1000, 0.25], [2000, 0.125])];
    expect(look(found, durations)).toEqual([
      [1000, 250, 1],
      [1500, 500, 1],
      [2000, 125, 0],
    ]);
  });

  test("are told once", () => {
    const look = reader();
    const durations = [series(app, [1000, 0.1], [2000, 0.1])];
    expect(look([series(app, [1000, 1])], durations)).toHaveLength(1);
    expect(look([series(app, [1000, 1])], durations)).toEqual([]);
    expect(look([series(app, [1000, 1], [2000, 0])], durations)).toEqual([[2000, 100, 0]]);
  });

  test("leave the newest for the next look while its duration is not stored yet", () => {
    const look = reader();
    const found = [series(app, [1000, 1], [2000, 0])];
    expect(look(found, [series(app, [1000, 0.1])])).toEqual([[1000, 100, 1]]);
    expect(look(found, [series(app, [1000, 0.1])])).toEqual([]);
    expect(look(found, [series(app, [1000, 0.1], [2000, 0.3])])).toEqual([[2000, 300, 0]]);
  });

  test("leave each target's newest, also where another target's is younger", () => {
    const look = reader();
    const found = [series(app, [1000, 0]), series(plug, [1200, 1])];
    expect(look(found, [series(plug, [1200, 0.1])])).toEqual([[1200, 100, 1]]);
    expect(look(found, [series(plug, [1200, 0.1]), series(app, [1000, 0.9])])).toEqual([[1000, 900, 0]]);
  });

  test("hold a slow target's scrape that began before another's and was stored after it", () => {
    const look = reader();
    const quick = series(plug, [1200, 1]);
    expect(look([quick], [series(plug, [1200, 0.1])])).toHaveLength(1);
    const durations = [series(plug, [1200, 0.1]), series(app, [1000, 0.9])];
    expect(look([quick, series(app, [1000, 0])], durations)).toEqual([[1000, 900, 0]]);
  });

  test("without a scrape of their own may be as old as their interval, once a younger one is there", () => {
    expect(reader()([series(app, [1000, 1], [2000, 1])], [])).toEqual([[1000, everyMs, 1]]);
  });

  test("of nothing are none", () => {
    expect(reader()([], [])).toEqual([]);
    expect(reader(true)([], [])).toEqual([]);
  });
});

describe("several series of a counter", () => {
  const durations = [series(app, [1000, 0.1], [2000, 0.1]), series(plug, [1500, 0.1], [2500, 0.1])];

  test("count as their sum at each scrape of their target", () => {
    const found = [
      series({ ...app, reason: "oom" }, [1000, 1], [2000, 2]),
      series({ ...app, reason: "exit" }, [1000, 3], [2000, 3]),
    ];
    expect(reader(true)(found, durations)).toEqual([
      [1000, 100, 4],
      [2000, 100, 5],
    ]);
  });

  test("of two targets never go up and down between the two, in one look or in several", () => {
    const at = (until: number) =>
      [series(app, [1000, 5], [2000, 5]), series(plug, [1500, 0], [2500, 1])].map((it) => ({
        ...it,
        samples: it.samples.filter(({ unixMs }) => unixMs <= until),
      }));
    const once = reader(true)(at(2500), durations);
    expect(once.map(([, , value]) => value)).toEqual([5, 5, 5, 6]);
    const look = reader(true);
    expect([1000, 1500, 2000, 2500].flatMap((until) => look(at(until), durations))).toEqual(once);
  });

  test("stay apart where the condition is on each sample", () => {
    const found = [series({ ...app, reason: "oom" }, [1000, 1]), series({ ...app, reason: "exit" }, [1000, 3])];
    expect(reader()(found, durations).map(([, , value]) => value)).toEqual([1, 3]);
  });
});

describe("following a Prometheus", () => {
  let folder: string;
  let end: AbortController;
  const open: JournalWriter[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hp-prometheus-"));
    end = new AbortController();
  });
  afterEach(() => {
    end.abort();
    for (const it of open.splice(0)) it[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const watched: WatchedSeries[] = [{ selector: 'up{job="app"}', sum: false }];

  function follow(prometheus: FakePrometheus, clockOf?: Probe["clock"]) {
    const clock = new TrialClock();
    const journal = new JournalWriter(join(folder, "journal.ndjson"), () => clock.now());
    open.push(journal);
    let changes = 0;
    const tools = { journal, clock, changed: () => changes++, until: end.signal };
    const { probe, asked } = fakeProbe(prometheus.answer, clockOf);
    const done = observePrometheus(probe, "http://prometheus:9090", { metrics: watched, questions: [] }, tools);
    const items = () => recordsOf(journal.records, "samples").flatMap((it) => it.items);
    const batches = () => recordsOf(journal.records, "samples").length;
    return { asked, clock, journal, done, items, batches, changes: () => changes };
  }

  test("writes how often it scrapes and each scrape's start and end, within its uncertainty, and says that something changed", async () => {
    const prometheus = new FakePrometheus({ everyMs: 60, tookMs: 20 });
    const { clock, journal, items, batches, changes, done } = follow(prometheus);
    await eventually("some scrapes", () => items().length >= 4);
    end.abort();
    await done;
    expect(recordsOf(journal.records, "series")).toMatchObject([
      { id: 'up{job="app"}', observer: "prometheus", everyMs: 60 },
    ]);
    expect(changes()).toBe(batches());
    const scrapes = prometheus.scrapes();
    for (const [at, [from, to, value]] of items().entries()) {
      const began = clock.at(hostOfWall(scrapes[at] ?? 0));
      // The two clocks are read one after the other, in whole milliseconds: that is part of the uncertainty of 3 ms.
      expect(from).toBeLessThanOrEqual(began);
      expect(from).toBeGreaterThan(began - 20);
      expect(to).toBeGreaterThanOrEqual(began + 20);
      expect(to).toBeLessThan(began + 20 + 20);
      expect(value).toBe(1);
    }
  });

  test("that goes silent and comes back is asked for all of the silence: no scrape is lost or told twice", async () => {
    const prometheus = new FakePrometheus({ everyMs: 50, tookMs: 5 });
    const { asked, items, done } = follow(prometheus);
    await eventually("some scrapes", () => items().length >= 2);
    const windows = () => asked.map((it) => Number(/\[(\d+)s\]$/.exec(it.searchParams.get("query") ?? "")?.[1] ?? 0));
    const usual = Math.max(...windows());
    prometheus.silent = true;
    await eventually("a silence", () => prometheus.scrapes().length > items().length + 22);
    const before = items().length;
    prometheus.silent = false;
    await eventually("it is heard again", () => items().length > before + 22);
    end.abort();
    await done;
    expect(Math.max(...windows())).toBeGreaterThan(usual);
    const starts = items().map(([from]) => from);
    for (const [at, start] of starts.entries()) if (at > 0) expect(start - (starts[at - 1] ?? 0)).toBeCloseTo(50, -1);
  });

  test("that is still starting is waited for, however long the trial lets it", async () => {
    const prometheus = new FakePrometheus({ everyMs: 50, tookMs: 5 });
    prometheus.silent = true;
    const { items, done } = follow(prometheus, { sameKernel: false, offsetMs: 0, uncertaintyMs: 1, method: "" });
    setTimeout(() => {
      prometheus.silent = false;
    }, 150);
    await eventually("it is heard", () => items().length > 0);
    end.abort();
    await done;
  });

  test("that never answers brings no sample, and the end of the trial ends the waiting", async () => {
    const prometheus = new FakePrometheus({ everyMs: 50, tookMs: 5 });
    prometheus.silent = true;
    const { journal, done } = follow(prometheus, { sameKernel: false, offsetMs: 0, uncertaintyMs: 1, method: "" });
    setTimeout(() => end.abort(), 50);
    await done;
    expect(journal.records).toEqual([]);
  });

  test("on another kernel has its clock compared, and its times corrected by the offset", async () => {
    const offsetMs = 90_000;
    const prometheus = new FakePrometheus({ everyMs: 60, tookMs: 20, offsetMs });
    const { clock, journal, items, done } = follow(prometheus, {
      sameKernel: false,
      offsetMs: 0,
      uncertaintyMs: 1,
      method: "",
    });
    await eventually("some scrapes", () => items().length >= 2);
    end.abort();
    await done;
    const [mapped] = recordsOf(journal.records, "clock");
    expect(mapped).toMatchObject({ source: "prometheus", sameKernel: false });
    expect(Math.abs((mapped?.offsetMs ?? 0) - offsetMs)).toBeLessThanOrEqual(mapped?.uncertaintyMs ?? 0);
    const began = clock.at(hostOfWall((prometheus.scrapes()[0] ?? 0) - offsetMs));
    const [from, to] = items()[0] ?? [];
    expect(from).toBeLessThanOrEqual(began);
    expect(to).toBeGreaterThanOrEqual(began + 20);
    expect(to).toBeLessThan(began + 200);
  });

  test("for no series asks nothing", async () => {
    const { probe, asked } = fakeProbe(() => ({ error: "nobody" }));
    const clock = new TrialClock();
    using journal = new JournalWriter(join(folder, "other.ndjson"), () => clock.now());
    await observePrometheus(
      probe,
      "http://prometheus:9090",
      { metrics: [], questions: [] },
      {
        journal,
        clock,
        changed: () => undefined,
        until: end.signal,
      },
    );
    expect(asked).toEqual([]);
    expect(journal.records).toEqual([]);
  });
});

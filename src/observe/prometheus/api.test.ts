import { describe, expect, test } from "vitest";
import { promDurationMs, promValue, rawSamples, scrapeIntervals, serverTime, targetOf } from "./api.ts";
import { fakeProbe, matrixOf } from "./testing/fake-prometheus.ts";

const origin = "http://prometheus:9090";

/** A Prometheus that gives every question this answer. */
const answering = (body: string, status = 200) => fakeProbe(() => ({ status, body })).probe;
const silent = fakeProbe(() => ({ error: "no answer within 2000 ms" })).probe;

describe("a duration as Prometheus writes it", () => {
  test.each([
    ["15s", 15_000],
    ["500ms", 500],
    ["1m", 60_000],
    ["1m30s", 90_000],
    ["1s500ms", 1500],
    ["1h0m1s", 3_601_000],
    ["1d", 86_400_000],
    ["1w", 604_800_000],
    ["1.5s", 1500],
    ["0s", 0],
    ["soon", 0],
  ])("%s is %d ms", (text, expected) => {
    expect(promDurationMs(text)).toBe(expected);
  });
});

describe("a value as Prometheus writes it", () => {
  test.each([
    ["1", 1],
    ["-0.25", -0.25],
    ["1e+06", 1_000_000],
    ["+Inf", Number.MAX_VALUE],
    ["-Inf", -Number.MAX_VALUE],
    ["NaN", undefined],
  ])("%s", (text, expected) => {
    expect(promValue(text)).toBe(expected);
  });

  test("can always be kept in a journal", () => {
    for (const text of ["+Inf", "-Inf"])
      expect(JSON.parse(JSON.stringify({ it: promValue(text) }))).toEqual({ it: promValue(text) });
  });
});

describe("raw samples", () => {
  test("are asked for with a range selector on an instant query, and keep their labels and times", async () => {
    const { probe, asked } = fakeProbe(() => ({
      status: 200,
      body: matrixOf([
        {
          labels: { job: "app" },
          samples: [
            [1000.5, "1"],
            [1001.501, "0"],
          ],
        },
      ]),
    }));
    expect(await rawSamples(probe, origin, 'up{job="app"}', 15)).toEqual([
      {
        labels: { job: "app" },
        samples: [
          { unixMs: 1_000_500, value: 1 },
          { unixMs: 1_001_501, value: 0 },
        ],
      },
    ]);
    expect(asked.map((url) => [url.origin + url.pathname, url.searchParams.get("query")])).toEqual([
      [`${origin}/api/v1/query`, 'up{job="app"}[15s]'],
    ]);
  });

  test("that are no number are left out, not read as a value", async () => {
    const body = matrixOf([
      {
        labels: {},
        samples: [
          [1, "NaN"],
          [2, "3"],
        ],
      },
    ]);
    expect(await rawSamples(answering(body), origin, "x", 15)).toEqual([
      { labels: {}, samples: [{ unixMs: 2000, value: 3 }] },
    ]);
  });

  test("of a series that there is not are none", async () => {
    expect(await rawSamples(answering(matrixOf([])), origin, "x", 15)).toEqual([]);
  });

  test.each([
    ["an error of Prometheus'", '{"status":"error","errorType":"bad_data","error":"parse error"}'],
    ["no JSON", "<html>502</html>"],
    ["nothing", ""],
    ["another kind of result", '{"status":"success","data":{"resultType":"vector","result":[]}}'],
    [
      "a damaged result",
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["1"]]}]}}',
    ],
  ])("are unknown, not none, if the answer is %s", async (_what, body) => {
    expect(await rawSamples(answering(body), origin, "x", 15)).toBeUndefined();
  });

  test("are unknown, not none, if nobody answers", async () => {
    expect(await rawSamples(silent, origin, "x", 15)).toBeUndefined();
  });
});

test("how often each target is scraped is told by its job and instance", async () => {
  const target = (job: string, scrapeInterval: string) => ({
    labels: { job, instance: `${job}:80` },
    scrapeInterval,
    scrapeTimeout: "1s",
  });
  const body = JSON.stringify({
    status: "success",
    data: { activeTargets: [target("app", "1s"), target("plug", "1m")], droppedTargets: [] },
  });
  const intervals = await scrapeIntervals(answering(body), origin);
  expect(intervals?.get(targetOf({ job: "app", instance: "app:80", zone: "a" }))).toBe(1000);
  expect(intervals?.get(targetOf({ job: "plug", instance: "plug:80" }))).toBe(60_000);
  expect(await scrapeIntervals(silent, origin)).toBeUndefined();
});

test("Prometheus' time is known to the millisecond, or not at all", async () => {
  const body = '{"status":"success","data":{"resultType":"scalar","result":[1000.123,"1000.123"]}}';
  expect(await serverTime(answering(body), origin)).toBeCloseTo(1_000_123, 3);
  expect(await serverTime(silent, origin)).toBeUndefined();
  expect(await serverTime(answering("{}"), origin)).toBeUndefined();
});

import { describe, expect, test } from "vitest";
import { wallReadingUncertaintyMs } from "../../clock.ts";
import { eventually } from "../../stack/testing/playground.ts";
import { Observed } from "../testing/tools.ts";
import { ask } from "./ask.ts";
import type { ServerClock } from "./clock.ts";
import { type FakeAnswer, fakeProbe } from "./testing/fake-prometheus.ts";

const origin = "http://prometheus:9090";
const offsetMs = 90_000;
const server: ServerClock = { sameKernel: false, offsetMs, uncertaintyMs: 3, method: "told" };

type Values = (query: string, now: number) => readonly string[];

const json = (body: unknown, status = 200): FakeAnswer => ({ status, body: JSON.stringify(body) });
const vector = (values: readonly string[], unixS: number) => {
  const result = values.map((value) => ({ metric: {}, value: [unixS, value] }));
  return json({ status: "success", data: { resultType: "vector", result } });
};

/** A Prometheus whose clock is 90 s ahead: it answers queries with these values, scrapes every 2 s and evaluates alerts every 3 s. */
function prometheus(valuesOf: Values) {
  return fakeProbe((url) => {
    const now = (Date.now() + offsetMs) / 1000;
    if (url.pathname.endsWith("/targets")) {
      const target = (job: string, scrapeInterval: string) => ({
        labels: { job },
        scrapeInterval,
        scrapeTimeout: "500ms",
      });
      return json({ status: "success", data: { activeTargets: [target("app", "1s"), target("plug", "2s")] } });
    }
    if (url.pathname.endsWith("/rules")) {
      const rules = [{ name: "ServiceDown", type: "alerting" }];
      return json({ status: "success", data: { groups: [{ interval: 3, evaluationTime: 0.25, rules }] } });
    }
    return vector(valuesOf(url.searchParams.get("query") ?? "", now), now);
  });
}

async function asking(
  question: { expression: string; alert?: string },
  { probe, asked }: ReturnType<typeof fakeProbe>,
  enough: (observed: Observed) => boolean = (it) => it.items().length >= 2,
) {
  using observed = new Observed();
  const done = ask(probe, origin, { id: "series", ...question }, server, observed.tools);
  done.catch(() => undefined);
  await Promise.race([eventually("samples", () => enough(observed)), done]);
  observed.end();
  await done;
  const items = observed.items();
  return { items, asked, ages: items.map(([from, to]) => to - from), series: observed.journal.records[0] };
}

/** The clocks' uncertainty is on both sides of a span; on a busy machine the answer takes a while, and a span covers that too. */
const answerTakesMs = 300;
const near = (age: number) =>
  [age, age + 2 * server.uncertaintyMs + 4 * wallReadingUncertaintyMs + answerTakesMs] as const;
const expectAges = (ages: readonly number[], [least, most]: readonly [number, number]) => {
  for (const age of ages) {
    expect(age).toBeGreaterThanOrEqual(least);
    expect(age).toBeLessThan(most);
  }
};

describe("an expression's value", () => {
  test("is asked for four times a second, and covers the time since the oldest of the newest samples that it reads", async () => {
    const rounds: number[] = [];
    const fake = prometheus((query, now) => {
      if (query === "min(timestamp(errors))") rounds.push(performance.now());
      if (query === "min(timestamp(errors))") return [String(now - 0.4)];
      return query === "min(timestamp(requests))" ? [String(now - 0.9)] : ["0.25"];
    });
    const { items, ages, series } = await asking(
      { expression: "sum(rate(errors[5s])) / sum(rate(requests[5s]))" },
      fake,
    );
    expect(items.map(([, , value]) => value)).toEqual(items.map(() => 0.25));
    expect(series).toMatchObject({ kind: "series", observer: "promql", everyMs: 250 });
    // On a busy machine the value is asked for a while after the samples' times.
    expectAges(ages, [900, 2000]);
    for (const [at, round] of rounds.entries()) if (at > 0) expect(round - (rounds[at - 1] ?? 0)).toBeGreaterThan(240);
  });

  test("is of Prometheus' time, on ours", async () => {
    using observed = new Observed();
    const began = observed.clock.now();
    const { probe } = prometheus((query, now) => [query === "up" ? "1" : String(now - 0.1)]);
    const done = ask(probe, origin, { id: "series", expression: "up" }, server, observed.tools);
    await eventually("a sample", () => observed.items().length > 0);
    const heard = observed.clock.now();
    observed.end();
    await done;
    const [from = 0, to = 0] = observed.items()[0] ?? [];
    expect(to).toBeGreaterThan(began - 10);
    expect(to).toBeLessThan(heard + 10);
    expect(from).toBeLessThan(to - 100);
  });

  test("of what Prometheus has no sample of now is as old as its slowest scrape may be", async () => {
    const { ages } = await asking(
      { expression: "absent(up)" },
      prometheus((query) => (query === "absent(up)" ? ["1"] : [])),
    );
    expectAges(ages, near(2500));
  });

  test("that reads nothing is of the moment", async () => {
    expectAges(
      (
        await asking(
          { expression: "vector(1)" },
          prometheus(() => ["1"]),
        )
      ).ages,
      near(0),
    );
  });

  test("that is none, no number, or several is no sample", async () => {
    let round = 0;
    const answers = [[], ["NaN"], ["1", "2"], ["NaN", "1"], ["3"]];
    const fake = prometheus((query, now) => (query === "up" ? (answers[round++] ?? ["3"]) : [String(now)]));
    const { items } = await asking({ expression: "up" }, fake, (it) => it.items().length > 0);
    expect(items.map(([, , value]) => value)).toEqual([3]);
    expect(round).toBe(5);
  });

  test("that Prometheus refuses ends the trial with its reason", async () => {
    const refused = fakeProbe(() => json({ status: "error", errorType: "bad_data", error: "parse error" }, 400));
    await expect(asking({ expression: "sum(" }, refused)).rejects.toMatchObject({
      code: "promql-refused",
      facts: { reason: "parse error" },
    });
    const matrix = fakeProbe(() => json({ status: "success", data: { resultType: "matrix", result: [] } }));
    await expect(asking({ expression: "vector(1)[5s:]" }, matrix)).rejects.toMatchObject({
      facts: { reason: "its value is a matrix, not a number" },
    });
  });

  test("is waited for while Prometheus does not answer", async () => {
    let silent = 3;
    const { probe, asked } = prometheus(() => ["1"]);
    const muted = {
      ...probe,
      fetch: (...args: Parameters<typeof probe.fetch>) => {
        if (silent-- > 0) return fakeProbe(() => ({ error: "ECONNREFUSED" })).probe.fetch(...args);
        return probe.fetch(...args);
      },
    };
    const { items } = await asking({ expression: "vector(1)" }, { probe: muted, asked }, (it) => it.items().length > 0);
    expect(items).toHaveLength(1);
  });
});

describe("an alert", () => {
  test("is as old as its rules' evaluation may be", async () => {
    const fake = prometheus(() => ["0"]);
    const { items, ages } = await asking({ expression: "count(ALERTS) or vector(0)", alert: "ServiceDown" }, fake);
    expect(items.map(([, , value]) => value)).toEqual(items.map(() => 0));
    expectAges(ages, near(3250));
    expect(fake.asked.filter((it) => it.pathname.endsWith("/rules"))).toHaveLength(1);
  });

  test("that there is no rule for ends the trial: it could never fire", async () => {
    const asked = asking(
      { expression: "count(ALERTS) or vector(0)", alert: "ServceDown" },
      prometheus(() => ["0"]),
    );
    await expect(asked).rejects.toThrow('no alert rule "ServceDown"; did you mean "ServiceDown"?');
  });
});

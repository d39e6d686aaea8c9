import { describe, expect, test } from "vitest";
import { instant } from "../time.ts";
import { comesLater, condition, describeCondition, isGood, sayValue, seriesOf, timedCondition } from "./conditions.ts";
import { goodTextWith, load, refused } from "./testing.ts";

const read = (written: unknown) => condition.parse(written);
const good = (written: unknown, value: number, took = 1) =>
  isGood(read(written), { from: instant(1000), to: instant(1000 + took), value });

const url = "http://app:8080/readyz";
const inbox = "http://notify:8025/messages";

const counter = "{ counter: errors_total, increases: true }";

test("a counter may be what never increases, or does meanwhile, but gives no recovery time", async () => {
  const fault = "fault: { crash: { service: app } }";
  const during = counter.replace(" }", ", within: 5s }");
  const more = goodTextWith([fault, `${fault}\nnever: [${counter}]\nduring: [${during}]`]);
  const [loaded] = await load({ "scenarios/it.yaml": more });
  expect(loaded?.scenario.never.map((it) => [describeCondition(it), seriesOf(it)])).toEqual([
    ["errors_total increases", "errors_total"],
  ]);
  expect(loaded?.scenario.during).toMatchObject([{ counter: "errors_total", within: 5000 }]);
  expect(await refused(goodTextWith(["{ metric: 'up{job=\"app\"}', is: 1 }", counter]))).toContain("counter");
  expect(await refused(more.replace(/ {2}prometheus:.*\n/, ""))).toContain("needs stack.prometheus");
});

test.each([
  [{ metric: "up", atLeast: 1, atMost: 3 }, "up is at least 1 and is at most 3", "up"],
  [{ promql: "sum(rate(x[5s]))", atMost: 2 }, "sum(rate(x[5s])) is at most 2", "promql sum(rate(x[5s]))"],
  [{ alert: "Down", where: { job: "app" } }, 'alert Down{job="app"} is firing', 'alert Down{job="app"}'],
  [{ alert: "Down", is: "quiet" }, "alert Down is not firing", "alert Down"],
  [{ probe: url }, `${url} answers 200`, url],
  [{ probe: "tcp://redis:6379" }, "tcp://redis:6379 accepts", "tcp://redis:6379"],
  [{ probe: url, status: 503, latencyAtMost: "200ms" }, `${url} answers 503 in at most 200 ms`, url],
  [{ probe: url, body: "^ok" }, `${url} answers 200 with a body that matches /^ok/`, `${url} body /^ok/`],
  [{ container: "app", is: "exited" }, "app is exited", "state of app"],
  [{ container: "app", replica: 2, is: "dead" }, "app (container 2) is dead", "state of app (container 2)"],
  [{ health: "app", is: "healthy" }, "app is healthy", "health of app"],
  [{ health: "app", replica: 1, is: "healthy" }, "app (container 1) is healthy", "health of app (container 1)"],
  [{ restarts: "app", atMost: 0 }, "app was never started again", "starts of app"],
  [{ restarts: "app", is: 1 }, "app was started again once", "starts of app"],
  [{ restarts: "app", atLeast: 2 }, "app was started again 2 times or more", "starts of app"],
  [{ restarts: "app", atLeast: 1, atMost: 3 }, "app was started again 1 to 3 times", "starts of app"],
  [{ log: "app", matches: "lost" }, "a line of app's log matches /lost/", "log of app /lost/"],
  [{ log: "app", matches: "lost", atLeast: 3 }, "3 lines of app's log match /lost/", "log of app /lost/"],
  [{ message: "down", at: inbox }, `a message at ${inbox} matches /down/`, `messages at ${inbox} /down/`],
  [{ message: "down", at: inbox, atLeast: 2 }, `2 messages at ${inbox} match /down/`, `messages at ${inbox} /down/`],
  [{ disk: "/data", of: "app", atMost: "80%" }, "/data of app is at most 80% full", "disk /data of app"],
  [{ logSize: "app", atMost: "2kB" }, "of the log of app the engine keeps at most 2kB", "size of the log of app"],
])("%j reads as %j, from the series %j", (written, text, series) => {
  expect(describeCondition(read(written))).toBe(text);
  expect(seriesOf(read(written))).toBe(series);
});

test.each([
  [{ metric: "up", atLeast: 1, atMost: 3 }, [1, 3], [0, 4]],
  [{ promql: "x", is: 0 }, [0], [1]],
  [{ alert: "Down" }, [1, 2], [0]],
  [{ alert: "Down", is: "quiet" }, [0], [1]],
  [{ probe: url }, [200], [0, 503, -200]],
  [{ probe: url, status: 503, body: "x" }, [503], [200, -503, 0]],
  [{ container: "app", is: "running" }, [3], [0, 1, 2, 4, 5, 6, 7]],
  [{ container: "app", is: "paused" }, [4], [3, 5]],
  [{ health: "app", is: "unhealthy" }, [3], [0, 1, 2]],
  [{ restarts: "app", is: 1 }, [1], [0, 2]],
  [{ log: "app", matches: "x" }, [1, 9], [0]],
  [{ message: "x", at: inbox, atLeast: 2 }, [2, 3], [0, 1]],
  [{ disk: "/data", of: "app", atMost: "80%" }, [0, 79.9, 80], [80.1, 100]],
  [{ disk: "/data", of: "app", atLeast: "99.5%" }, [99.5, 100], [99]],
  [{ logSize: "app", atLeast: "1kB", atMost: "2kB" }, [1000, 2000], [0, 999, 2001]],
])("%j: which values are good, and which are not", (written, well, ill) => {
  expect(well.map((it) => good(written, it))).toEqual(well.map(() => true));
  expect(ill.map((it) => good(written, it))).toEqual(ill.map(() => false));
});

test("a probe's latency is that of the try itself", () => {
  const quick = { probe: url, latencyAtMost: "200ms" };
  expect(good(quick, 200, 200)).toBe(true);
  expect(good(quick, 200, 201)).toBe(false);
  expect(good(quick, 503, 1)).toBe(false);
  expect(good({ probe: url }, 200, 900)).toBe(true);
});

test.each([
  [{ container: "app", is: "running" }, 5, "exited"],
  [{ container: "app", is: "running" }, 0, "gone"],
  [{ health: "app", is: "healthy" }, 3, "unhealthy"],
  [{ health: "app", is: "healthy" }, 0, "without a healthcheck"],
  [{ alert: "Down" }, 2, "firing"],
  [{ alert: "Down" }, 0, "not firing"],
  [{ probe: url, body: "x" }, -200, "200, and its body does not match"],
  [{ probe: url }, 503, "503"],
  [{ restarts: "app", is: 1 }, 1, "1 start"],
  [{ log: "app", matches: "x" }, 2, "2 lines"],
  [{ message: "x", at: inbox }, 1, "1 message"],
  [{ disk: "/data", of: "app", atMost: "80%" }, 81.3, "81.3%"],
  [{ logSize: "app", atMost: "2kB" }, 2048, "2 KiB"],
])("%j says its value %d in words: %j", (written, value, words) => {
  expect(sayValue(read(written), value)).toBe(words);
});

test("only what counts from the fault on, and needs at least one, comes later than the steady state", () => {
  const all = [
    { log: "app", matches: "x" },
    { message: "x", at: inbox },
    { restarts: "app", atLeast: 1 },
    { restarts: "app", is: 0 },
    { restarts: "app", atMost: 2 },
    { container: "app", is: "exited" },
    { metric: "orders", atLeast: 1 },
  ];
  expect(all.map((it) => comesLater(read(it)))).toEqual([true, true, true, false, false, false, false]);
});

test("a plan that is read back holds the same conditions", () => {
  const written = [
    { probe: url, status: 503, body: "^cache ok$", latencyAtMost: "250ms" },
    { disk: "/data", of: "app", atLeast: "50%", atMost: "80%" },
    { logSize: "app", atLeast: "1kB", atMost: "1MiB" },
    { alert: "Down", where: { job: "app" }, is: "quiet" },
    { message: "x", at: inbox, atLeast: 2 },
  ];
  for (const it of written) {
    expect(read(it)).toEqual(it);
    expect(read(JSON.parse(JSON.stringify(read(it))))).toEqual(it);
    expect(timedCondition.parse({ ...it, within: "5s" })).toEqual({ ...it, within: 5000 });
  }
});

const upOfApp = "{ metric: 'up{job=\"app\"}', is: 1 }";

describe("a scenario with such conditions", () => {
  test("is read", async () => {
    const conditions = [
      "{ promql: 'sum(rate(x[5s]))', atMost: 1 }",
      "{ alert: Down, where: { job: app } }",
      "{ probe: http://app:8080/readyz, body: ok, latencyAtMost: 200ms }",
      "{ container: app, is: running }",
      "{ health: app, is: healthy }",
      "{ restarts: app, atMost: 1 }",
      "{ log: app, matches: connected }",
      "{ message: 'app is (back|well)', at: http://shop:8025/messages }",
      "{ disk: /var/lib/app, of: app, atMost: 80% }",
    ].map((it) => `- ${it}`);
    const [loaded] = await load({ "scenarios/it.yaml": goodTextWith([`- ${upOfApp}`, conditions.join("\n    ")]) });
    expect(loaded?.scenario.recovery?.when).toHaveLength(10);
  });

  test.each([
    [
      "{ container: aap, is: running }",
      'no service "aap" in ../compose.yaml (it has app, redis, watchdog, prometheus)',
    ],
    ["{ health: aap, is: healthy }", 'no service "aap"'],
    ["{ restarts: aap, is: 1 }", 'no service "aap"'],
    ["{ log: aap, matches: x }", 'no service "aap"'],
    ["{ disk: /var, of: aap, atMost: 80% }", 'no service "aap"'],
    ["{ logSize: aap, atMost: 1MiB }", 'no service "aap"'],
    ["{ message: x, at: 'http://inbox:80/messages' }", 'no service "inbox" in the stack\'s network'],
    ["{ contaner: app, is: running }", 'unknown key "contaner" in recovery.when[0]; did you mean "container"?'],
    ["{ container: app, is: runing }", 'got "runing"; did you mean "running"?'],
    ["{ container: app, health: app, is: running }", '"health" does not go together with "container"'],
    ["{ health: app, is: sick }", 'recovery.when[0].is: wanted one of healthy, unhealthy, starting; got "sick"'],
    ["{ restarts: app }", "recovery.when[0]: a restarts condition needs one of: is, atLeast, atMost"],
    ["{ restarts: app, atMost: 1.5 }", "recovery.when[0].atMost: wanted a whole number; got 1.5"],
    ["{ log: app }", 'missing key "matches" in recovery.when[0]'],
    ["{ log: app, matches: '(' }", "wanted a regular expression; got /(/m: Unterminated group"],
    ["{ message: x }", 'missing key "at" in recovery.when[0]'],
    ["{ message: x, at: notify:80 }", "such as http://notify:8025/messages; got"],
    ["{ disk: var, of: app, atMost: 80% }", "wanted an absolute path in the container"],
    ["{ disk: /var, of: app, atMost: 80 }", "wanted a share in percent, such as 80%; got 80"],
    ["{ disk: /var, of: app, atMost: 180% }", "recovery.when[0].atMost: wanted at most 100%; got 180%"],
    ["{ disk: /var, of: app }", "a disk condition needs one of: atLeast, atMost"],
    ["{ disk: /var, of: app, atLeast: 90%, atMost: 80% }", "no value is good: atLeast is above atMost"],
    ["{ logSize: app }", "a logSize condition needs one of: atLeast, atMost"],
    ["{ logSize: app, atMost: 80 }", "wanted a size with its unit, such as 30MiB; got 80"],
    ["{ logSize: app, atLeast: 1MiB, atMost: 1kB }", "no value is good: atLeast is above atMost"],
    ["{ promql: 'sum(x)' }", "a promql condition needs one of: is, atLeast, atMost"],
    ["{ alert: Down, where: { 'a-b': c } }", "wanted the name of a label, such as job"],
    ["{ probe: 'tcp://app:80', body: x }", "a tcp probe has no body"],
    ["{ probe: 'http://app:80', latencyAtMost: 2s }", "a try is given up after 1s: wanted less"],
    ["{ probe: 'http://app:80', latencyAtMost: 200 }", "wanted a duration with its unit"],
  ])("is refused for %s", async (written, message) => {
    expect(await refused(goodTextWith([upOfApp, written]))).toContain(message);
  });

  test.each(["{ promql: x, is: 1 }", "{ alert: Down }"])(
    "needs to know where Prometheus is for %s",
    async (written) => {
      const text = goodTextWith(["  prometheus: http://prometheus:9090\n", ""], [upOfApp, written]);
      expect(await refused(text)).toMatch(/an? (promql|alert) needs stack.prometheus/);
    },
  );

  test.each([
    "{ container: redis, is: running }",
    "{ health: redis, is: healthy }",
    "{ disk: /, of: redis, atMost: 90% }",
    "{ logSize: redis, atMost: 1MiB }",
    "{ promql: 'sum(up{job=\"redis\"})', is: 1 }",
  ])("may not have a control stop what the steady state needs, for %s", async (written) => {
    const text = goodTextWith([upOfApp, written], ['override: { app: { restart: "no" } }', "stop: [redis]"]);
    expect(await refused(text)).toContain("redis cannot be stopped in this control: the steady state needs it");
  });
});

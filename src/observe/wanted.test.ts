import { expect, test } from "vitest";
import { actOf, planOf, probeOfApp, upOfApp, watchdogCounter } from "../judge/testing/journal-builder.ts";
import type { Corroboration } from "../scenario/conditions.ts";
import { ms } from "../time.ts";
import { seriesWanted } from "./wanted.ts";

const counts = (counter: string): Corroboration => ({ counter, increases: true, within: ms(1000) });

test("every act's signals and counters and those of the steady state are looked at, each once", () => {
  const acts = [
    actOf({ recovery: { when: [upOfApp, probeOfApp], corroboratedBy: [counts(watchdogCounter)] } }),
    actOf({
      id: "afterwards",
      recovery: { when: [probeOfApp, { probe: "tcp://redis:6379" }], corroboratedBy: [counts("other_total")] },
    }),
  ];
  const conditions = [upOfApp, { probe: "http://watchdog:9090/healthz" }, { metric: "tapo_up", is: 1 }];
  expect(seriesWanted(planOf(acts, { steady: { for: ms(1), within: ms(1), conditions } }))).toMatchObject({
    addresses: ["http://watchdog:9090/healthz", "http://app:8080/readyz", "tcp://redis:6379"].map((url) => ({
      id: url,
      url,
    })),
    metrics: [
      { selector: 'up{job="app"}', sum: false },
      { selector: "tapo_up", sum: false },
      { selector: watchdogCounter, sum: true },
      { selector: "other_total", sum: true },
    ],
  });
});

test("each kind of condition is looked at by its own observer, wherever in a plan it stands", () => {
  const inbox = "http://notify:8025/messages";
  const act = actOf({
    during: [{ condition: { container: "app", is: "exited" }, within: ms(1) }],
    never: [
      { restarts: "app", atLeast: 1 },
      { alert: "Down", where: { job: "app" } },
    ],
    recovery: {
      when: [
        { health: "app", is: "healthy" },
        { log: "app", matches: "up" },
        { message: "up", at: inbox },
        { promql: "sum(up)", is: 1 },
        { disk: "/data", of: "app", atMost: "80%" },
        { logSize: "app", atMost: "1MiB" },
      ],
    },
  });
  expect(seriesWanted(planOf([act]))).toEqual({
    addresses: [],
    metrics: [],
    questions: [
      { id: "promql sum(up)", expression: "sum(up)" },
      {
        id: 'alert Down{job="app"}',
        expression: 'count(ALERTS{alertname="Down",alertstate="firing",job="app"}) or vector(0)',
        alert: "Down",
      },
    ],
    states: [{ id: "state of app", service: "app" }],
    healths: [{ id: "health of app", service: "app" }],
    starts: [{ id: "starts of app", service: "app" }],
    logs: [{ id: "log of app /up/", service: "app", pattern: "up" }],
    inboxes: [{ id: `messages at ${inbox} /up/`, url: inbox, pattern: "up" }],
    logSizes: [{ id: "size of the log of app", service: "app" }],
    disks: [{ id: "disk /data of app", service: "app", path: "/data" }],
    units: [],
  });
});

test("a log that must agree is followed, once where a condition reads the same lines", () => {
  const agrees: Corroboration = { log: "watchdog", matches: "recovered", within: ms(1000) };
  const id = "log of watchdog /recovered/";
  const logs = [{ id, service: "watchdog", pattern: "recovered" }];
  const alone = { when: [probeOfApp], corroboratedBy: [agrees] };
  expect(seriesWanted(planOf([actOf({ recovery: alone })])).logs).toEqual(logs);
  const both = { when: [{ log: "watchdog", matches: "recovered", atLeast: 2 }], corroboratedBy: [agrees] };
  expect(seriesWanted(planOf([actOf({ recovery: both })])).logs).toEqual(logs);
});

test("one probe with two wanted answers, or a time for them, is one series; a body that must match is another", () => {
  const when = [
    probeOfApp,
    { ...probeOfApp, status: 503 },
    { ...probeOfApp, latencyAtMost: "200ms" },
    { ...probeOfApp, body: "ok" },
    { ...probeOfApp, body: "ok", status: 503 },
  ];
  const { probe: url } = probeOfApp;
  const recovery = { when, within: ms(2000), corroboratedBy: [] };
  expect(seriesWanted(planOf([actOf({ recovery })])).addresses).toEqual([
    { id: url, url, every: 10 },
    { id: `${url} body /ok/`, url, body: "ok", every: 10 },
  ]);
});

test("conditions on one container, log or inbox that ask for different values are one series", () => {
  const when = [
    { container: "app", is: "running" } as const,
    { container: "app", is: "paused" } as const,
    { container: "app", replica: 2, is: "paused" } as const,
    { log: "app", matches: "up" },
    { log: "app", matches: "up", atLeast: 3 },
    { alert: "Down" },
    { alert: "Down", is: "quiet" } as const,
  ];
  const { states, logs, questions } = seriesWanted(planOf([actOf({ recovery: { when } })]));
  expect(states).toEqual([
    { id: "state of app", service: "app" },
    { id: "state of app (container 2)", service: "app", replica: 2 },
  ]);
  expect([logs.length, questions.length]).toEqual([1, 1]);
});

test("a counter that may never increase, or must meanwhile, counts as a sum", () => {
  const counter = "errors_total";
  const increases = { counter, increases: true } as const;
  const metrics = [{ selector: counter, sum: true }];
  const when = [probeOfApp];
  expect(seriesWanted(planOf([actOf({ never: [increases], recovery: { when } })])).metrics).toEqual(metrics);
  const during = [{ condition: increases, within: ms(1) }];
  expect(seriesWanted(planOf([actOf({ during, recovery: { when } })])).metrics).toEqual(metrics);
});

test("a selector that is a counter too counts as a sum", () => {
  const recovery = { when: [{ metric: watchdogCounter, atLeast: 1 }], corroboratedBy: [counts(watchdogCounter)] };
  expect(seriesWanted(planOf([actOf({ recovery })])).metrics).toEqual([{ selector: watchdogCounter, sum: true }]);
});

import { expect, test } from "vitest";
import { goodTextWith, refused } from "./testing.ts";

/** What each part allows and the whole does not. */

test("a Compose file that does not exist", async () => {
  expect(await refused(goodTextWith(["../compose.yaml", "../compse.yaml"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:5:12  no such Compose file: compse.yaml; did you mean "compose.yaml"?
      5 |   compose: ../compse.yaml
        |            ^
    "
  `);
});

test("a Compose file in a folder that does not exist", async () => {
  expect(await refused(goodTextWith(["../compose.yaml", "../nowhere/compose.yaml"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:5:12  no such Compose file: nowhere/compose.yaml (its folder does not exist)
      5 |   compose: ../nowhere/compose.yaml
        |            ^
    "
  `);
});

test("a Compose file that is a folder", async () => {
  expect(await refused(goodTextWith(["../compose.yaml", ".."]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:5:12  . is no file; wanted a Compose file
      5 |   compose: ..
        |            ^
    "
  `);
});

test("a Compose file that is no YAML", async () => {
  expect(await refused({ "scenarios/it.yaml": goodTextWith(), "compose.yaml": "services: [" })).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:5:12  the Compose file compose.yaml is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 12:
      5 |   compose: ../compose.yaml
        |            ^
    "
  `);
});

test("a Compose file that is none", async () => {
  expect(await refused({ "scenarios/it.yaml": goodTextWith(), "compose.yaml": "jobs: {}" })).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:5:12  the Compose file compose.yaml has no services
      5 |   compose: ../compose.yaml
        |            ^
    "
  `);
});

test("a log that must agree, of a service that does not exist", async () => {
  const counter = `{ counter: 'recoveries_total{service="app"}', increases: true, within: 10s }`;
  const log = (service: string) => goodTextWith([counter, `{ log: ${service}, matches: recovered, within: 10s }`]);
  expect(await refused(log("watchdg"))).toContain('no service "watchdg" in ../compose.yaml');
  expect(await refused(log("watchdog"))).toBe("not refused");
});

test("a fault in a service that does not exist", async () => {
  expect(await refused(goodTextWith(["{ service: app }", "{ service: ap }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:28  no service "ap" in ../compose.yaml (it has app, redis, watchdog, prometheus); did you mean "app"?
      7 | fault: { crash: { service: ap } }
        |                            ^
    "
  `);
});

test("a control that stops a service that does not exist", async () => {
  expect(
    await refused(goodTextWith(['override: { app: { restart: "no" } }', "stop: [watchdgo]"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:12  no service "watchdgo" in ../compose.yaml (it has app, redis, watchdog, prometheus); did you mean "watchdog"?
      19 |     stop: [watchdgo]
         |            ^
    "
  `);
});

test("a control that overrides a service that does not exist", async () => {
  expect(await refused(goodTextWith(["override: { app:", "override: { web:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:17  no service "web" in ../compose.yaml (it has app, redis, watchdog, prometheus)
      19 |     override: { web: { restart: "no" } }
         |                 ^
    "
  `);
});

test("a probe of a service that does not exist", async () => {
  expect(await refused(goodTextWith(["http://app:8080/readyz", "http://ap:8080/readyz"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:13:16  no service "ap" in the stack's network (there are app, shop, redis, watchdog, prometheus, metrics); did you mean "app"?
      13 |     - { probe: http://ap:8080/readyz, status: 200 }
         |                ^
    "
  `);
});

test("a probe of localhost, which is the probe itself", async () => {
  expect(
    await refused(goodTextWith(["http://app:8080/readyz", "http://localhost:8080/readyz"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:13:16  no service "localhost" in the stack's network (there are app, shop, redis, watchdog, prometheus, metrics)
      13 |     - { probe: http://localhost:8080/readyz, status: 200 }
         |                ^
    "
  `);
});

test("a Prometheus that does not exist", async () => {
  expect(await refused(goodTextWith(["http://prometheus:9090", "http://prom:9090"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:6:15  no service "prom" in the stack's network (there are app, shop, redis, watchdog, prometheus, metrics); did you mean "prometheus"?
      6 |   prometheus: http://prom:9090
        |               ^
    "
  `);
});

test("a service that is not started", async () => {
  expect(
    await refused(
      goodTextWith(
        ["fault:", "  services: [app, prometheus]\nfault:"],
        ['override: { app: { restart: "no" } }', "stop: [watchdog]"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:20:12  watchdog is not started: neither in stack.services nor needed by one of them
      20 |     stop: [watchdog]
         |            ^
    "
  `);
});

test("a service listed to be started that does not exist", async () => {
  expect(
    await refused(goodTextWith(["fault:", "  services: [app, prometheus, radis]\nfault:"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:31  no service "radis" in ../compose.yaml (it has app, redis, watchdog, prometheus); did you mean "redis"?
      7 |   services: [app, prometheus, radis]
        |                               ^
    "
  `);
});

test("a metric without a Prometheus to read it from", async () => {
  expect(await refused(goodTextWith(["  prometheus: http://prometheus:9090\n", ""]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:11:17  a metric needs stack.prometheus: where it is read, such as http://prometheus:9090
      11 |     - { metric: 'up{job="app"}', is: 1 }
         |                 ^
    "
  `);
});

test("a counter without a Prometheus to read it from", async () => {
  expect(
    await refused(
      goodTextWith(
        ["  prometheus: http://prometheus:9090\n", ""],
        ["    - { metric: 'up{job=\"app\"}', is: 1 }\n", ""],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:14:18  a counter needs stack.prometheus: where it is read, such as http://prometheus:9090
      14 |     - { counter: 'recoveries_total{service="app"}', increases: true, within: 10s }
         |                  ^
    "
  `);
});

test("a control that stops what the fault breaks", async () => {
  expect(await refused(goodTextWith(['override: { app: { restart: "no" } }', "stop: [app]"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:12  app cannot be stopped in this control: it is what the fault breaks
      19 |     stop: [app]
         |            ^
    "
  `);
});

test("a control that stops what a metric of the steady state is about", async () => {
  expect(
    await refused(
      goodTextWith(
        ['override: { app: { restart: "no" } }', "stop: [watchdog]"],
        ["fault:", "steady: { conditions: [{ metric: 'up{job=\"watchdog\"}', is: 1 }] }\nfault:"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:20:12  watchdog cannot be stopped in this control: the steady state needs it (up{job="watchdog"})
      20 |     stop: [watchdog]
         |            ^
    "
  `);
});

test("a control that stops what a probe of the steady state asks", async () => {
  expect(
    await refused(
      goodTextWith(
        ['override: { app: { restart: "no" } }', "stop: [redis]"],
        ["http://app:8080/readyz, status: 200", "tcp://redis:6379"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:12  redis cannot be stopped in this control: the steady state needs it (tcp://redis:6379)
      19 |     stop: [redis]
         |            ^
    "
  `);
});

test("a control that stops the Prometheus that the metrics are read from", async () => {
  expect(
    await refused(goodTextWith(['override: { app: { restart: "no" } }', "stop: [prometheus]"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:12  prometheus cannot be stopped in this control: the metrics are read from it
      19 |     stop: [prometheus]
         |            ^
    "
  `);
});

test.each(["tcp://redis:6379", "http://shop:8080", "http://metrics:9090", "http://example.org"])(
  "%s is an address in the stack's network, or outside",
  async (address) => {
    expect(await refused(goodTextWith(["http://app:8080/readyz, status: 200", address]))).toBe("not refused");
  },
);

test("what a listed service depends on is started too", async () => {
  const text = goodTextWith(
    ["fault:", "  services: [app, prometheus]\nfault:"],
    ["http://app:8080/readyz, status: 200", "tcp://redis:6379"],
  );
  expect(await refused(text)).toBe("not refused");
});

test("services of a Compose file that includes others are not known, so not refused", async () => {
  const files = { "scenarios/it.yaml": goodTextWith(["service: app", "service: elsewhere"]) };
  const compose = "include: [other.yaml]\nservices: { app: {} }\n";
  expect(await refused({ ...files, "compose.yaml": compose })).toBe("not refused");
});

test("a later fault in a service that does not exist", async () => {
  const text = goodTextWith([
    "controls:",
    `\
afterwards:
  fault: { hang: { service: radis } }
  recovery: { within: 5s, healedBy: watchdog, when: [{ probe: http://wachdog:9101 }] }
controls:
  - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered }`,
  ]);
  expect(await refused(text)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:18:29  no service "radis" in ../compose.yaml (it has app, redis, watchdog, prometheus); did you mean "redis"?
      18 |   fault: { hang: { service: radis } }
         |                             ^

    scenarios/it.yaml:19:63  no service "wachdog" in the stack's network (there are app, shop, redis, watchdog, prometheus, metrics); did you mean "watchdog"?
      19 |   recovery: { within: 5s, healedBy: watchdog, when: [{ probe: http://wachdog:9101 }] }
         |                                                               ^

    2 problems
    "
  `);
});

/** A second fault, and a control of it that stops these services. */
const afterwards = (stop: string): [string, string] => [
  "controls:",
  `\
afterwards:
  fault: { hang: { service: app } }
  recovery: { within: 5s, healedBy: watchdog, when: [{ probe: tcp://redis:6379 }] }
controls:
  - { without: watchdog, of: afterwards, stop: [${stop}], expect: never-recovered }`,
];

test("a control of afterwards may stop what the main fault breaks, and what only the main recovery needs", async () => {
  const text = goodTextWith(
    afterwards("watchdog"),
    ["{ crash: { service: app } }", "{ crash: { service: watchdog } }"],
    ["http://app:8080/readyz, status: 200", "http://watchdog:9101/healthz"],
    ["{ metric: 'up{job=\"app\"}', is: 1 }", "{ metric: 'up{job=\"watchdog\"}', is: 1 }"],
  );
  expect(await refused(text)).toBe("not refused");
});

test("a control of afterwards that stops what the later fault breaks", async () => {
  const text = goodTextWith(
    afterwards("app"),
    ["{ crash: { service: app } }", "{ crash: { service: redis } }"],
    ["http://app:8080/readyz, status: 200", "tcp://redis:6379"],
    ["{ metric: 'up{job=\"app\"}', is: 1 }", "{ metric: 'up{job=\"redis\"}', is: 1 }"],
  );
  expect(await refused(text)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:49  app cannot be stopped in this control: it is what the fault breaks
      21 |   - { without: watchdog, of: afterwards, stop: [app], expect: never-recovered }
         |                                                 ^
    "
  `);
});

test("a control of afterwards that stops what the later recovery needs", async () => {
  expect(await refused(goodTextWith(afterwards("redis")))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:49  redis cannot be stopped in this control: the steady state needs it (tcp://redis:6379)
      21 |   - { without: watchdog, of: afterwards, stop: [redis], expect: never-recovered }
         |                                                 ^
    "
  `);
});

test("a control of afterwards that stops what the steady state needs", async () => {
  const steady: [string, string] = ["fault:", "steady: { conditions: [{ probe: http://watchdog:9101 }] }\nfault:"];
  expect(await refused(goodTextWith(afterwards("watchdog"), steady))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:22:49  watchdog cannot be stopped in this control: the steady state needs it (http://watchdog:9101)
      22 |   - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered }
         |                                                 ^
    "
  `);
});

test("a control of the main fault may stop what only the later recovery needs", async () => {
  const text = goodTextWith(afterwards("watchdog"), ['override: { app: { restart: "no" } }', "stop: [redis]"]);
  expect(await refused(text)).toBe("not refused");
});

test("a ledger that is no service of the Compose file, and one that a control stops", async () => {
  expect(
    await refused(
      goodTextWith(
        ["controls:", "ledger: { service: leger, check: [ledger, check] }\ncontrols:"],
        ["  - without: restart-policy\n", "  - without: restart-policy\n    stop: [redis]\n"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:17:20  no service "leger" in ../compose.yaml (it has app, redis, watchdog, prometheus)
      17 | ledger: { service: leger, check: [ledger, check] }
         |                    ^
    "
  `);
  expect(
    await refused(
      goodTextWith(
        ["controls:", "ledger: { service: redis, check: [ledger, check] }\ncontrols:"],
        ["  - without: restart-policy\n", "  - without: restart-policy\n    stop: [redis]\n"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:20:12  redis cannot be stopped in this control: it is the ledger
      20 |     stop: [redis]
         |            ^
    "
  `);
});

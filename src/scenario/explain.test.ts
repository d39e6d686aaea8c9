import { expect, test } from "vitest";
import { goodTextWith, refused } from "./testing.ts";

/** What the schema refuses, and how it is said. */

test("an unknown key is pointed at, with the key that was meant", async () => {
  expect(await refused(goodTextWith(["  within: 5s", "  withn: 5s"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:3  unknown key "withn" in recovery; did you mean "within"?
      9 |   withn: 5s
        |   ^
    "
  `);
});

test("an unknown key that resembles none is told with the keys there are", async () => {
  expect(await refused(goodTextWith(["  within: 5s", "  within: 5s\n  colour: blue"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:10:3  unknown key "colour" in recovery; known here: within, healedBy, notBefore, patience, of, inOrder, measuredFrom, when, stableFor, corroboratedBy
      10 |   colour: blue
         |   ^
    "
  `);
});

test("an unknown key at the top is told too", async () => {
  expect(await refused(goodTextWith(["claim:", "clame:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:2:1  unknown key "clame" in a scenario; did you mean "claim"?
      2 | clame: When the app is killed, it is back within 5 s
        | ^
    "
  `);
});

test("the names of an object's own methods are unknown keys like any other", async () => {
  expect(
    await refused(
      goodTextWith(["  within: 5s", "  within: 5s\n  toString: 1\n  constructor: 2\n  __proto__: { patience: 1s }"]),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:10:3  unknown key "toString" in recovery; known here: within, healedBy, notBefore, patience, of, inOrder, measuredFrom, when, stableFor, corroboratedBy
      10 |   toString: 1
         |   ^

    scenarios/it.yaml:11:3  unknown key "constructor" in recovery; known here: within, healedBy, notBefore, patience, of, inOrder, measuredFrom, when, stableFor, corroboratedBy
      11 |   constructor: 2
         |   ^

    scenarios/it.yaml:12:3  unknown key "__proto__"
      12 |   __proto__: { patience: 1s }
         |   ^

    3 problems
    "
  `);
});

test("a missing key is told at the mapping that lacks it", async () => {
  expect(await refused(goodTextWith(["  healedBy: restart-policy\n", ""]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:3  missing key "healedBy" in recovery (what brought the service back)
      9 |   within: 5s
        |   ^
    "
  `);
});

test("an unknown healer", async () => {
  expect(await refused(goodTextWith(["healedBy: restart-policy", "healedBy: restart-polcy"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:10:13  recovery.healedBy: wanted one of restart-policy, watchdog, systemd, application, orchestrator; got "restart-polcy"; did you mean "restart-policy"?
      10 |   healedBy: restart-polcy
         |             ^
    "
  `);
});

test("a bare number is no duration", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within: 5"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:11  recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got 5
      9 |   within: 5
        |           ^
    "
  `);
});

test("a number in quotes is no duration either", async () => {
  expect(await refused(goodTextWith(["within: 5s", 'within: "5"']))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:11  recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got "5"
      9 |   within: "5"
        |           ^
    "
  `);
});

test("a duration of nothing", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within: 0.0s"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:11  recovery.within: wanted a duration longer than 0; got "0.0s"
      9 |   within: 0.0s
        |           ^
    "
  `);
});

test("a duration that no timer can count", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within: 1000h"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:11  recovery.within: longer than any trial may wait (24h)
      9 |   within: 1000h
        |           ^
    "
  `);
});

test("a duration in a unit that does not exist", async () => {
  expect(await refused(goodTextWith(["stableFor: 3s", "stableFor: 3sec"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:14:14  recovery.stableFor: wanted a duration with its unit, such as 250ms, 5s or 2m; got "3sec"
      14 |   stableFor: 3sec
         |              ^
    "
  `);
});

test("an empty value", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:3  recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got nothing
      9 |   within:
        |   ^
    "
  `);
});

test("an unknown fault", async () => {
  expect(await refused(goodTextWith(["crash:", "crsh:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:10  unknown fault "crsh"; wanted one of crash, hang; did you mean "crash"?
      7 | fault: { crsh: { service: app } }
        |          ^
    "
  `);
});

test("an unknown fault that resembles none", async () => {
  expect(await refused(goodTextWith(["crash:", "meteor:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:10  unknown fault "meteor"; wanted one of crash, hang
      7 | fault: { meteor: { service: app } }
        |          ^
    "
  `);
});

test("a fault's unknown parameter", async () => {
  expect(await refused(goodTextWith(["{ service: app }", "{ sevice: app }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:19  unknown key "sevice" in fault.crash; did you mean "service"?
      7 | fault: { crash: { sevice: app } }
        |                   ^
    "
  `);
});

test("a fault's missing parameter", async () => {
  expect(await refused(goodTextWith(["{ service: app }", "{}"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:17  missing key "service" in fault.crash (the service whose main process is killed)
      7 | fault: { crash: {} }
        |                 ^
    "
  `);
});

test("a fault's parameter of the wrong type", async () => {
  expect(await refused(goodTextWith(["{ service: app }", "{ service: [app] }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:28  fault.crash.service: wanted text; got a list
      7 | fault: { crash: { service: [app] } }
        |                            ^
    "
  `);
});

test("a fault without parameters", async () => {
  expect(await refused(goodTextWith(["{ crash: { service: app } }", "crash"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:8  fault: wanted a mapping with one of crash, hang; got "crash"
      7 | fault: crash
        |        ^
    "
  `);
});

test("two faults at once", async () => {
  expect(
    await refused(goodTextWith(["{ crash: { service: app } }", "{ crash: { service: app }, hang: { service: app } }"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:35  wanted one fault; got crash and hang
      7 | fault: { crash: { service: app }, hang: { service: app } }
        |                                   ^
    "
  `);
});

test("a metric condition with a slip in `is` is told about the metric, not about probes", async () => {
  expect(await refused(goodTextWith(["is: 1", "si: 1"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:34  unknown key "si" in recovery.when[0]; did you mean "is"?
      12 |     - { metric: 'up{job="app"}', si: 1 }
         |                                  ^
    "
  `);
});

test("a metric condition whose `is` is no number", async () => {
  expect(await refused(goodTextWith(["is: 1", "is: up"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:38  recovery.when[0].is: wanted a number; got "up"
      12 |     - { metric: 'up{job="app"}', is: up }
         |                                      ^
    "
  `);
});

test("a metric condition that says no value", async () => {
  expect(await refused(goodTextWith([", is: 1", ""]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:7  recovery.when[0]: a metric condition needs one of: is, atLeast, atMost
      12 |     - { metric: 'up{job="app"}' }
         |       ^
    "
  `);
});

test("a metric condition with two answers", async () => {
  expect(await refused(goodTextWith(["is: 1", "is: 1, atLeast: 1"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:38  recovery.when[0].is: \`is\` stands alone: it says the one good value, so atLeast and atMost add nothing
      12 |     - { metric: 'up{job="app"}', is: 1, atLeast: 1 }
         |                                      ^
    "
  `);
});

test("a metric condition that no value fulfils", async () => {
  expect(await refused(goodTextWith(["is: 1", "atLeast: 2, atMost: 1"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:43  recovery.when[0].atLeast: no value is good: atLeast is above atMost
      12 |     - { metric: 'up{job="app"}', atLeast: 2, atMost: 1 }
         |                                           ^
    "
  `);
});

test("a misspelt metric", async () => {
  expect(await refused(goodTextWith(["metric:", "metrik:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:9  unknown key "metrik" in recovery.when[0]; did you mean "metric"?
      12 |     - { metrik: 'up{job="app"}', is: 1 }
         |         ^
    "
  `);
});

test("a condition on both a metric and a probe", async () => {
  expect(await refused(goodTextWith(["is: 1", "is: 1, probe: http://app:8080"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:41  "probe" does not go together with "metric"
      12 |     - { metric: 'up{job="app"}', is: 1, probe: http://app:8080 }
         |                                         ^
    "
  `);
});

test("a condition on neither", async () => {
  expect(
    await refused(goodTextWith(["{ metric: 'up{job=\"app\"}', is: 1 }", "{ status: 200 }"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:7  missing key "probe" in recovery.when[0] (tried from inside the stack's network, 20 to 100 times a second)
      12 |     - { status: 200 }
         |       ^
    "
  `);
});

test("a condition that is no mapping", async () => {
  expect(await refused(goodTextWith(["{ metric: 'up{job=\"app\"}', is: 1 }", "up"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:7  wanted a mapping with one of metric, promql, alert, probe, container, health, restarts, log, message, disk, logSize or the name of a part; got "up", and no parts are defined
      12 |     - up
         |       ^
    "
  `);
});

test("a condition of another kind", async () => {
  expect(await refused(goodTextWith(["{ metric: 'up{job=\"app\"}', is: 1 }", "{ cpu: app }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:9  unknown key "cpu" in recovery.when[0]; wanted one of metric, promql, alert, probe, container, health, restarts, log, message, disk, logSize
      12 |     - { cpu: app }
         |         ^
    "
  `);
});

test("a label without quotes", async () => {
  expect(await refused(goodTextWith(["'up{job=\"app\"}'", "'up{job=app}'"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:17  recovery.when[0].metric: wanted a PromQL series selector, such as up{job="app"}; got "up{job=app}"
      12 |     - { metric: 'up{job=app}', is: 1 }
         |                 ^
    "
  `);
});

test("an expression instead of a series", async () => {
  expect(await refused(goodTextWith(["'up{job=\"app\"}'", "'rate(up[1m])'"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:17  recovery.when[0].metric: wanted a PromQL series selector, such as up{job="app"}; got "rate(up[1m])"
      12 |     - { metric: 'rate(up[1m])', is: 1 }
         |                 ^
    "
  `);
});

test("TLS, which no observer reads: refused where it is written", async () => {
  expect(await refused(goodTextWith(["http://app:8080/readyz", "https://app:8080/readyz"]))).toContain(
    "recovery.when[1].probe: wanted an address inside the stack's network without TLS",
  );
  expect(await refused(goodTextWith(["http://prometheus:9090", "https://prometheus:9090"]))).toContain(
    "stack.prometheus: wanted an address inside the stack's network without TLS",
  );
});

test("a probe without a scheme", async () => {
  expect(await refused(goodTextWith(["http://app:8080/readyz", "app:8080/readyz"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:13:16  recovery.when[1].probe: wanted an address inside the stack's network without TLS, such as http://app:8080/readyz or tcp://postgres:5432; got "app:8080/readyz"
      13 |     - { probe: app:8080/readyz, status: 200 }
         |                ^
    "
  `);
});

test("a status of a tcp probe", async () => {
  expect(await refused(goodTextWith(["http://app:8080/readyz", "tcp://app:8080"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:13:40  recovery.when[1].status: a tcp probe has no status: an accepted connection is good
      13 |     - { probe: tcp://app:8080, status: 200 }
         |                                        ^
    "
  `);
});

test("a status that is out of range", async () => {
  expect(await refused(goodTextWith(["status: 200", "status: 20"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:13:48  recovery.when[1].status: wanted at least 100; got 20
      13 |     - { probe: http://app:8080/readyz, status: 20 }
         |                                                ^
    "
  `);
});

test("no condition at all", async () => {
  expect(
    await refused(
      goodTextWith([
        "    - { metric: 'up{job=\"app\"}', is: 1 }\n    - { probe: http://app:8080/readyz, status: 200 }\n",
        "    []\n",
      ]),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:5  recovery.when: wanted at least 1 item; got 0
      12 |     []
         |     ^
    "
  `);
});

test("a mapping where a list belongs", async () => {
  expect(await refused(goodTextWith(["tags: [gate]", "tags: { gate: true }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:3:7  tags: wanted a list; got a mapping
      3 | tags: { gate: true }
        |       ^
    "
  `);
});

test("a name that is no slug, a claim that is too short", async () => {
  expect(
    await refused(
      goodTextWith(
        ["name: app-crash", "name: App Crash"],
        ["claim: When the app is killed, it is back within 5 s", "claim: It works"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:7  name: wanted lower-case words joined by hyphens; got "App Crash"
      1 | name: App Crash
        |       ^

    scenarios/it.yaml:2:8  claim: wanted at least 10 characters; got 8
      2 | claim: It works
        |        ^

    2 problems
    "
  `);
});

test("an unknown restart policy", async () => {
  expect(await refused(goodTextWith(['restart: "no"', "restart: never"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:33  controls[0].override.app.restart: wanted one of no, always, on-failure, unless-stopped; got "never"
      19 |     override: { app: { restart: never } }
         |                                 ^
    "
  `);
});

test("a number as an environment variable's value is told to go in quotes", async () => {
  expect(await refused(goodTextWith(['restart: "no"', "environment: { RETRIES: 5 }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:48  controls[0].override.app.environment.RETRIES: wanted text, in quotes: "5"; got 5
      19 |     override: { app: { environment: { RETRIES: 5 } } }
         |                                                ^
    "
  `);
});

test("an override of a service with an impossible name", async () => {
  expect(await refused(goodTextWith(["override: { app:", 'override: { "my app":']))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:17  controls[0].override.my app: wanted the name of a service in the Compose file
      19 |     override: { "my app": { restart: "no" } }
         |                 ^
    "
  `);
});

test("a control that does not say how its healer is switched off", async () => {
  expect(await refused(goodTextWith(['    override: { app: { restart: "no" } }\n', ""]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:18:5  controls[0]: a control says how its healer is switched off: stop, override or disable
      18 |   - without: restart-policy
         |     ^
    "
  `);
});

test("a control that changes nothing", async () => {
  expect(await refused(goodTextWith(['{ app: { restart: "no" } }', "{ app: {} }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:22  controls[0].override.app: an override that changes nothing
      19 |     override: { app: {} }
         |                      ^
    "
  `);
});

test("a control that expects something else", async () => {
  expect(await refused(goodTextWith(["expect: never-recovered", "expect: recovered"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:20:13  controls[0].expect: recovered goes with healedBy, and only that does: who heals it without the healer that is switched off
      20 |     expect: recovered
         |             ^
    "
  `);
});

test("a control that would restore what it has not stopped", async () => {
  expect(
    await refused(goodTextWith(["expect: never-recovered", "expect: never-recovered\n    restored: { within: 5s }"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:15  controls[0].restored: only what was stopped can be switched on again in the same trial: restored goes with stop, not override
      21 |     restored: { within: 5s }
         |               ^
    "
  `);
});

test("a control that is not watched for as long as the budget", async () => {
  expect(
    await refused(goodTextWith(["expect: never-recovered", "expect: never-recovered\n    watchedFor: 4s"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:17  controls[0].watchedFor: a control watched for less than the budget (5.00 s) shows nothing: the healer itself may take that long
      21 |     watchedFor: 4s
         |                 ^
    "
  `);
});

test("no control, and no reason for that", async () => {
  expect(
    await refused(
      goodTextWith([
        'controls:\n  - without: restart-policy\n    override: { app: { restart: "no" } }\n    expect: never-recovered\n',
        "",
      ]),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  controls: a scenario healed by restart-policy needs a control without restart-policy; or \`uncontrolled\` says why there can be none
      1 | name: app-crash
        | ^
    "
  `);
});

test("a control for another healer than the one that is named", async () => {
  expect(await refused(goodTextWith(["without: restart-policy", "without: watchdog"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:18:3  controls: a scenario healed by restart-policy needs a control without restart-policy; or \`uncontrolled\` says why there can be none
      18 |   - without: watchdog
         |   ^
    "
  `);
});

/** A second fault, healed by the watchdog; no control of that yet. */
const afterwards: [string, string] = [
  "controls:",
  `\
afterwards:
  fault: { hang: { service: app } }
  recovery: { within: 8s, healedBy: watchdog, when: [{ probe: http://app:8080/readyz }] }
controls:`,
];
const ofAfterwards = (more = ""): [string, string] => [
  "controls:\n",
  `controls:\n  - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered${more} }\n`,
];

test("no control of the healer that is named afterwards", async () => {
  expect(await refused(goodTextWith(afterwards))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:37  afterwards.recovery.healedBy: a scenario healed by watchdog afterwards needs a control without watchdog, of: afterwards; or \`uncontrolled\` says why there can be none
      19 |   recovery: { within: 8s, healedBy: watchdog, when: [{ probe: http://app:8080/readyz }] }
         |                                     ^
    "
  `);
});

test("a control without that healer, of the main fault, is none of afterwards", async () => {
  expect(await refused(goodTextWith(afterwards, ofAfterwards(), ["of: afterwards, ", ""]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:37  afterwards.recovery.healedBy: a scenario healed by watchdog afterwards needs a control without watchdog, of: afterwards; or \`uncontrolled\` says why there can be none
      19 |   recovery: { within: 8s, healedBy: watchdog, when: [{ probe: http://app:8080/readyz }] }
         |                                     ^
    "
  `);
});

test("a control of afterwards is none of the main fault", async () => {
  expect(
    await refused(goodTextWith(afterwards, ofAfterwards(), ["healedBy: restart-policy", "healedBy: watchdog"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:3  controls: a scenario healed by watchdog needs a control without watchdog; or \`uncontrolled\` says why there can be none
      21 |   - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered }
         |   ^
    "
  `);
});

test("no control of either healer: both are told", async () => {
  const mistaken: [string, string] = ["without: restart-policy", "without: orchestrator"];
  expect(await refused(goodTextWith(afterwards, mistaken))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:19:37  afterwards.recovery.healedBy: a scenario healed by watchdog afterwards needs a control without watchdog, of: afterwards; or \`uncontrolled\` says why there can be none
      19 |   recovery: { within: 8s, healedBy: watchdog, when: [{ probe: http://app:8080/readyz }] }
         |                                     ^

    scenarios/it.yaml:21:3  controls: a scenario healed by restart-policy needs a control without restart-policy; or \`uncontrolled\` says why there can be none
      21 |   - without: orchestrator
         |   ^

    2 problems
    "
  `);
});

test.each([
  ["a control for each", goodTextWith(afterwards, ofAfterwards())],
  [
    "a reason why there can be none",
    goodTextWith(afterwards, ["controls:", "uncontrolled: neither of them can be switched off\ncontrols:"]),
  ],
])("two healers are named, and there is %s", async (_, text) => {
  expect(await refused(text)).toBe("not refused");
});

test("a control of afterwards where there is none", async () => {
  expect(await refused(goodTextWith(ofAfterwards()))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:18:30  controls[0].of: there is no afterwards in this scenario that it could be a control of
      18 |   - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered }
         |                              ^
    "
  `);
});

test("a control of something else", async () => {
  expect(
    await refused(goodTextWith(afterwards, ofAfterwards(), ["of: afterwards", "of: afterward"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:30  controls[0].of: wanted one of main, afterwards; got "afterward"; did you mean "afterwards"?
      21 |   - { without: watchdog, of: afterward, stop: [watchdog], expect: never-recovered }
         |                              ^
    "
  `);
});

test("a control of afterwards is watched for as long as the budget there, not the main one", async () => {
  expect(await refused(goodTextWith(afterwards, ofAfterwards(", watchedFor: 6s")))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:97  controls[0].watchedFor: a control watched for less than the budget (8.00 s) shows nothing: the healer itself may take that long
      21 |   - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered, watchedFor: 6s }
         |                                                                                                 ^
    "
  `);
  const longer: [string, string] = ["within: 5s", "within: 20s"];
  expect(await refused(goodTextWith(afterwards, ofAfterwards(", watchedFor: 9s"), longer))).toBe("not refused");
});

test("patience that ends before a late recovery could be seen to last", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within: 5s\n  patience: 6s"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:10:13  recovery.patience: patience must be at least within + stableFor (8.00 s), or a recovery at the end of the budget could not be seen to last
      10 |   patience: 6s
         |             ^
    "
  `);
});

test("a steady state that has no time to hold", async () => {
  expect(await refused(goodTextWith(["fault:", "steady: { for: 10s, within: 5s }\nfault:"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:16  steady.for: the steady state cannot hold for longer than there is time for it (within)
      7 | steady: { for: 10s, within: 5s }
        |                ^
    "
  `);
});

test("a file that is a list", async () => {
  expect(await refused("- a\n- b\n")).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  wanted a mapping; got a list
      1 | - a
        | ^
    "
  `);
});

test("several problems are told at once, from top to bottom", async () => {
  expect(
    await refused(
      goodTextWith(
        ["name: app-crash", "name: App"],
        ["within: 5s", "within: 5"],
        ["is: 1", "si: 1"],
        ["expect: never-recovered", "expct: never-recovered"],
      ),
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:7  name: wanted lower-case words joined by hyphens; got "App"
      1 | name: App
        |       ^

    scenarios/it.yaml:9:11  recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got 5
      9 |   within: 5
        |           ^

    scenarios/it.yaml:12:34  unknown key "si" in recovery.when[0]; did you mean "is"?
      12 |     - { metric: 'up{job="app"}', si: 1 }
         |                                  ^

    scenarios/it.yaml:20:5  unknown key "expct" in controls[0]; did you mean "expect"?
      20 |     expct: never-recovered
         |     ^

    4 problems
    "
  `);
});

test("a fault's parameter that is one too many", async () => {
  expect(await refused(goodTextWith(["{ service: app }", "{ service: app, colour: blue }"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:7:33  unknown key "colour" in fault.crash; known here: service, replica, process, signal
      7 | fault: { crash: { service: app, colour: blue } }
        |                                 ^
    "
  `);
});

test("a metric's key in a probe's condition: the probe was meant, because it is named", async () => {
  expect(await refused(goodTextWith(["status: 200", "is: 200"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:13:40  unknown key "is" in recovery.when[1]; known here: probe, status, otherThan, body, latencyAtMost
      13 |     - { probe: http://app:8080/readyz, is: 200 }
         |                                        ^
    "
  `);
});

test("what is wrong behind an alias is pointed at where it is written", async () => {
  const control = "{ without: restart-policy, override: { app: { restart: never } }, expect: never-recovered }";
  const text = goodTextWith(["controls:\n", `controls:\n  - &first ${control}\n  - *first\n`]);
  expect(await refused(text)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:18:67  controls[0].override.app.restart: wanted one of no, always, on-failure, unless-stopped; got "never"
      18 |   - &first { without: restart-policy, override: { app: { restart: never } }, expect: never-recovered }
         |                                                                   ^
    "
  `);
});

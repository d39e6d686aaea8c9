import { expect, test } from "vitest";
import { type Files, goodText, goodTextWith, load, refused } from "./testing.ts";

/** What is named once is used by its name. */

const isUp = `{ metric: 'up{job="app"}', is: 1 }`;
const isReady = "{ probe: http://app:8080/readyz, status: 200 }";
const counts = `{ counter: 'recoveries_total{service="app"}', increases: true, within: 10s }`;

const scenarioOf = async (files: Files | string) => {
  const [loaded] = await load(typeof files === "string" ? { "scenarios/it.yaml": files } : files, ["scenarios"]);
  if (!loaded) throw new Error("nothing was loaded");
  return loaded;
};

/** The good scenario, with names in the place of its conditions. */
const named = (names: string, parts: string) =>
  goodTextWith([`\n    - ${isUp}\n    - ${isReady}\n`, ` ${names}\n`], ["controls:", `${parts}\ncontrols:`]);

test("a name stands for a condition, or for a list of them, put in where it stands", async () => {
  const good = await scenarioOf(goodText);
  for (const text of [
    named("[is-up, is-ready]", `parts: { is-up: ${isUp}, is-ready: ${isReady} }`),
    named("[is-well]", `parts: { is-well: [${isUp}, ${isReady}] }`),
    named(`[${isUp}, is-ready]`, `parts: { is-ready: [${isReady}] }`),
    named("[is-well]", `parts: { is-well: [${isUp}, is-ready], is-ready: ${isReady} }`),
    named("[is-well]", `parts: { is-well: both, both: [${isUp}, ${isReady}] }`),
  ])
    expect((await scenarioOf(text)).scenario).toEqual(good.scenario);
});

test("what was named is not part of the scenario any more", async () => {
  const { scenario, written } = await scenarioOf(named("[is-well]", `parts: { is-well: [${isUp}, ${isReady}] }`));
  expect(scenario).not.toHaveProperty("parts");
  expect(written).toEqual((await scenarioOf(goodText)).written);
});

test("names stand in any list of mappings: faults, controls, corroborations, what may never be", async () => {
  const { scenario } = await scenarioOf(`\
name: two-crashes
claim: Two crashes at once are healed
stack: { compose: ../compose.yaml, prometheus: http://prometheus:9090 }
faults: [both]
never: [is-down]
recovery: { within: 5s, healedBy: restart-policy, when: [${isUp}], corroboratedBy: [it-counts] }
controls: [no-policy]
parts:
  both: [{ crash: { service: app } }, { crash: { service: redis, at: 1s } }]
  is-down: { metric: 'up{job="redis"}', is: 0 }
  it-counts: ${counts}
  no-policy: { without: restart-policy, override: { app: { restart: "no" } }, expect: never-recovered }
`);
  expect(scenario.faults).toHaveLength(2);
  expect(scenario.never).toHaveLength(1);
  expect(scenario.recovery?.corroboratedBy).toHaveLength(1);
  expect(scenario.controls).toHaveLength(1);
});

test("in a list of words a word is itself, whatever parts there are", async () => {
  const parts = `parts: { app: ${isUp}, gate: ${isReady} }`;
  const text = named("[app, gate]", parts).replace("fault:", "  services: [app, prometheus]\nfault:");
  const { scenario } = await scenarioOf(text);
  expect(scenario.tags).toEqual(["gate"]);
  expect(scenario.stack.services).toEqual(["app", "prometheus"]);
});

test("parts of the folders above are there too, the nearest of a name", async () => {
  const { scenario } = await scenarioOf({
    "scenarios/defaults.yaml": `parts: { is-well: { metric: down, is: 0, atMost: 0 }, is-ready: ${isReady} }\n`,
    "scenarios/near/defaults.yaml": `parts: { is-well: [${isUp}, is-ready] }\n`,
    "scenarios/near/it.yaml": named("[is-well]", "").replace("../", "../../"),
  });
  expect(scenario.recovery).toEqual((await scenarioOf(goodText)).scenario.recovery);
});

test("a part that nobody uses is fine among defaults", async () => {
  const defaults = `parts: { is-gone: { metric: down, is: 0 } }\n`;
  expect(await refused({ "scenarios/defaults.yaml": defaults, "scenarios/it.yaml": goodText })).toBe("not refused");
});

test("a name that nothing is called by is told with the one that was meant", async () => {
  const files = {
    "scenarios/defaults.yaml": `parts: { is-ready: ${isReady} }\n`,
    "scenarios/it.yaml": named("[is-up, is-redy, nothing-like-it]", `parts: { is-up: ${isUp} }`),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:11:17  no part is called "is-redy"; did you mean "is-ready"?
      11 |   when: [is-up, is-redy, nothing-like-it]
         |                 ^

    scenarios/it.yaml:11:26  no part is called "nothing-like-it"; wanted a mapping with one of metric, promql, alert, probe, container, health, restarts, log, message, disk, logSize or the name of a part: is-ready, is-up
      11 |   when: [is-up, is-redy, nothing-like-it]
         |                          ^

    2 problems
    "
  `);
});

test("a part of the scenario that is not used in it, or only by another such", async () => {
  const parts = `parts: { is-well: [${isUp}, ${isReady}], all: [both], both: ${isUp} }`;
  expect(await refused(named("[is-well]", parts))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:15:105  the part "all" is not used in this scenario
      15 | parts: { is-well: [{ metric: 'up{job="app"}', is: 1 }, { probe: http://app:8080/readyz, status: 200 }], all: [both], bot
         |                                                                                                         ^

    scenarios/it.yaml:15:118  the part "both" is not used in this scenario
      15 | parts: { is-well: [{ metric: 'up{job="app"}', is: 1 }, { probe: http://app:8080/readyz, status: 200 }], all: [both], bot
         |                                                                                                                      ^

    2 problems
    "
  `);
});

test("a part of the scenario that is already defined, here or above", async () => {
  const twice = named("[is-up]", `parts:\n  is-up: ${isUp}\n  is-up: ${isReady}`);
  expect(await refused(twice)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:17:3  the key "is-up" is here twice; the first is at scenarios/it.yaml:16:3
      17 |   is-up: { probe: http://app:8080/readyz, status: 200 }
         |   ^
    "
  `);
  const files = {
    "scenarios/defaults.yaml": `parts: { is-up: ${isReady} }\n`,
    "scenarios/it.yaml": named("[is-up]", `parts: { is-up: ${isUp} }`),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:15:10  the part "is-up" is already defined at scenarios/defaults.yaml:1:10
      15 | parts: { is-up: { metric: 'up{job="app"}', is: 1 } }
         |          ^
    "
  `);
});

test("parts that contain each other", async () => {
  const parts = `parts: { a: [${isUp}, b], b: [c], c: [a] }`;
  expect(await refused(named("[a]", parts))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:15:66  the part "a" contains itself: a > b > c > a
      15 | parts: { a: [{ metric: 'up{job="app"}', is: 1 }, b], b: [c], c: [a] }
         |                                                                  ^
    "
  `);
  expect(await refused(named("[a]", "parts: { a: a }"))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:15:13  the part "a" contains itself: a > a
      15 | parts: { a: a }
         |             ^
    "
  `);
});

test("parts of parts of parts are not put in without end", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `p${i}: [${`p${i + 1}, `.repeat(10)}]`);
  const parts = `parts: { ${names.join(", ")}, p20: ${isUp} }`;
  expect(await refused(named("[p0]", parts))).toContain("parts put in more than 1000 items");
});

test("what is wrong in a part is pointed at there, with where it is used", async () => {
  const files = {
    "scenarios/defaults.yaml": `parts:\n  is-up: { metric: 'up{job="app"}', iz: 1 }\n  is-ready: { probe: app:8080 }\n`,
    "scenarios/a.yaml": named("[is-up]", "").replace("app-crash", "a"),
    "scenarios/b.yaml": named("[is-ready, is-up]", "").replace("app-crash", "b"),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:2:37  unknown key "iz" in recovery.when[0]; did you mean "is"? (used by scenarios/a.yaml:11:10 and 1 more)
      2 |   is-up: { metric: 'up{job="app"}', iz: 1 }
        |                                     ^

    scenarios/defaults.yaml:3:22  recovery.when[0].probe: wanted an address inside the stack's network without TLS, such as http://app:8080/readyz or tcp://postgres:5432; got "app:8080" (used by scenarios/b.yaml:11:10)
      3 |   is-ready: { probe: app:8080 }
        |                      ^

    2 problems
    "
  `);
});

test("a part where another kind of item is wanted", async () => {
  const files = {
    "scenarios/defaults.yaml": `parts: { it-counts: ${counts} }\n`,
    "scenarios/it.yaml": named("[it-counts]", ""),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:1:23  unknown key "counter" in recovery.when[0]; wanted one of metric, promql, alert, probe, container, health, restarts, log, message, disk, logSize (used by scenarios/it.yaml:11:10)
      1 | parts: { it-counts: { counter: 'recoveries_total{service="app"}', increases: true, within: 10s } }
        |                       ^
    "
  `);
});

test("parts that are none", async () => {
  expect(await refused(named("[is-up]", "parts: [is-up]"))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:11:10  wanted a mapping with one of metric, promql, alert, probe, container, health, restarts, log, message, disk, logSize or the name of a part; got "is-up", and no parts are defined
      11 |   when: [is-up]
         |          ^

    scenarios/it.yaml:15:8  parts: wanted a mapping; got a list
      15 | parts: [is-up]
         |        ^

    2 problems
    "
  `);
  expect(await refused(named("[is-up]", "parts: { is-up: 5, Is Up: {} }"))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:15:17  recovery.when[0]: wanted a mapping with one of metric, promql, alert, probe, container, health, restarts, log, message, disk, logSize; got 5
      15 | parts: { is-up: 5, Is Up: {} }
         |                 ^

    scenarios/it.yaml:15:17  parts.is-up: wanted a mapping, a list of them, or the name of another part
      15 | parts: { is-up: 5, Is Up: {} }
         |                 ^

    scenarios/it.yaml:15:20  the part "Is Up" is not used in this scenario
      15 | parts: { is-up: 5, Is Up: {} }
         |                    ^

    3 problems
    "
  `);
});

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { builtInFaults } from "../fault/registry.ts";
import { loadScenarios } from "./load.ts";
import { type Files, goodText, goodTextWith, inFolder, load, refused } from "./testing.ts";

/** What the scenarios of a folder have in common, in its defaults.yaml. */

const stackText = `\
stack:
  compose: ../compose.yaml
  prometheus: http://prometheus:9090
`;

/** The good scenario, which leaves its stack to the defaults. */
const stackless = goodTextWith([stackText, ""]);

const one = async (files: Files) => {
  const [loaded] = await load(files, ["scenarios"]);
  if (!loaded) throw new Error("nothing was loaded");
  return loaded;
};

test("a scenario leaves to defaults.yaml what it does not say itself", async () => {
  const loaded = await one({ "scenarios/it.yaml": stackless, "scenarios/defaults.yaml": stackText });
  const alone = await one({ "scenarios/it.yaml": goodText });
  expect(loaded.scenario).toEqual(alone.scenario);
});

test("the nearest file wins, key by key; a list replaces a list", async () => {
  const { scenario } = await one({
    "scenarios/defaults.yaml": `${stackText}  services: [app, redis, prometheus]\ntags: [all]\nrecovery: { stableFor: 7s, patience: 60s }\n`,
    "scenarios/near/defaults.yaml": "stack: { services: [app, prometheus] }\nrecovery: { stableFor: 9s }\n",
    "scenarios/near/it.yaml": stackless.replace("  stableFor: 3s\n", "").replace("tags: [gate]\n", ""),
  });
  expect(scenario.stack).toMatchObject({ prometheus: "http://prometheus:9090", services: ["app", "prometheus"] });
  expect(scenario.recovery).toMatchObject({ within: 5000, stableFor: 9000, patience: 60_000 });
  expect(scenario.tags).toEqual(["all"]);
});

test("a scenario's own word counts for more than any default", async () => {
  const { scenario } = await one({
    "scenarios/defaults.yaml": `${stackText}tags: [all]\nrecovery: { stableFor: 9s, healedBy: watchdog }\n`,
    "scenarios/it.yaml": stackless,
  });
  expect(scenario).toMatchObject({ tags: ["gate"], recovery: { stableFor: 3000, healedBy: "restart-policy" } });
});

test("a key with nothing after it takes a default away, also one from further up", async () => {
  const ledger = "ledger: { service: redis, check: [check] }\n";
  const { scenario } = await one({
    "scenarios/defaults.yaml": `${stackText}  shares: [privileged]\n${ledger}`,
    "scenarios/near/defaults.yaml": "tags: [near]\n",
    "scenarios/near/it.yaml": `${stackless}ledger:\nstack: { shares: }\n`,
  });
  expect(scenario.ledger).toBeUndefined();
  expect(scenario.stack.shares).toEqual([]);
});

test("nothing after a key that has no default is still an error", async () => {
  const files = { "scenarios/defaults.yaml": stackText, "scenarios/it.yaml": `${stackless}ledger:\n` };
  expect(await refused(files)).toContain("ledger: wanted a mapping; got nothing");
  expect(await refused(`${goodText}ledger:\n`)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:1  ledger: wanted a mapping; got nothing
      21 | ledger:
         | ^
    "
  `);
});

test("a path is relative to the file in which it is written", async () => {
  const loaded = await one({
    "scenarios/defaults.yaml": stackText,
    "scenarios/far/below/it.yaml": stackless,
  });
  expect(loaded.scenario.stack.compose).toBe("../../../compose.yaml");
  expect(loaded.services).toContain("app");
});

test("a scenario that claims something else is not given the defaults of what it does not claim", async () => {
  const { scenario } = await one({
    "scenarios/defaults.yaml": `${stackText}fault: { crash: { service: app } }\nrecovery: { stableFor: 9s }\nholds: { within: 1s }\n`,
    "scenarios/it.yaml": `\
name: it-stays
claim: Nobody brings it back
fault: { hang: { service: app } }
holds: { for: 5s, when: [{ metric: up, is: 0 }] }
uncontrolled: this is only here to be read
`,
  });
  expect(scenario.recovery).toBeUndefined();
  expect(scenario.holds).toMatchObject({ within: 1000, for: 5000 });
  expect(scenario.fault).toMatchObject({ hang: { service: "app" } });
});

test("several faults replace the one of the defaults", async () => {
  const faults = "faults: [{ crash: { service: app } }, { hang: { service: redis, at: 1s } }]\n";
  const { scenario } = await one({
    "scenarios/defaults.yaml": `${stackText}fault: { crash: { service: app } }\n`,
    "scenarios/it.yaml": stackless.replace("fault: { crash: { service: app } }\n", faults),
  });
  expect(scenario.fault).toBeUndefined();
  expect(scenario.faults).toHaveLength(2);
});

test("what is wrong in defaults is pointed at there, once for all that use it", async () => {
  const files = {
    "scenarios/defaults.yaml": stackText.replace("http://prometheus:9090", "http://promtheus:9090"),
    "scenarios/a.yaml": stackless,
    "scenarios/near/b.yaml": stackless.replace("app-crash", "b").replace("within: 5s", "within: 5"),
    "scenarios/near/c.yaml": stackless.replace("app-crash", "c"),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:3:15  no service "promtheus" in the stack's network (there are app, shop, redis, watchdog, prometheus, metrics); did you mean "prometheus"? (used by scenarios/a.yaml and 1 more)
      3 |   prometheus: http://promtheus:9090
        |               ^

    scenarios/near/b.yaml:6:11  recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got 5
      6 |   within: 5
        |           ^

    2 problems
    "
  `);
});

test("what lacks is told of the scenario; what lacks in a mapping that only the defaults write, there", async () => {
  const files = {
    "scenarios/defaults.yaml": "stack: { prometheus: 'http://prometheus:9090' }\n",
    "scenarios/it.yaml": stackless.replace("claim: When the app is killed, it is back within 5 s\n", ""),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:1:8  missing key "compose" in stack (the Compose file, relative to the file in which this is written) (used by scenarios/it.yaml)
      1 | stack: { prometheus: 'http://prometheus:9090' }
        |        ^

    scenarios/it.yaml:1:1  missing key "claim" in a scenario (the claim in one sentence, as the report states it)
      1 | name: app-crash
        | ^

    2 problems
    "
  `);
});

test("an unknown key among defaults, and one that no defaults have", async () => {
  const defaults = `${stackText}name: all\nledgr: { service: redis, check: [check] }\n`;
  expect(await refused({ "scenarios/defaults.yaml": defaults, "scenarios/it.yaml": stackless })).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:4:1  "name" is each scenario's own: it has no place among defaults
      4 | name: all
        | ^
    "
  `);
  const known = defaults.replace("name: all\n", "");
  expect(await refused({ "scenarios/defaults.yaml": known, "scenarios/it.yaml": stackless })).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:4:1  unknown key "ledgr" in a scenario; did you mean "ledger"? (used by scenarios/it.yaml)
      4 | ledgr: { service: redis, check: [check] }
        | ^
    "
  `);
});

test("defaults that are no YAML are told once, and no scenario is judged without them", async () => {
  const files = {
    "scenarios/defaults.yaml": "stack: [",
    "scenarios/a.yaml": stackless,
    "scenarios/b.yaml": stackless.replace("app-crash", "b"),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:1:9  not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]
      1 | stack: [
        |         ^
    "
  `);
});

test("defaults that are empty, or a list", async () => {
  expect(
    await refused({ "scenarios/defaults.yaml": "# soon\n", "scenarios/it.yaml": goodText }),
  ).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:1:1  the file is empty; wanted what the scenarios here have in common: stack, ledger, parts …
      1 | # soon
        | ^
    "
  `);
  expect(
    await refused({ "scenarios/defaults.yaml": "- stack\n", "scenarios/it.yaml": goodText }),
  ).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml:1:1  wanted a mapping: what the scenarios here have in common: stack, ledger, parts …
      1 | - stack
        | ^
    "
  `);
});

test("a file of defaults is no scenario", async () => {
  const files = { "scenarios/defaults.yaml": stackText, "scenarios/it.yaml": stackless };
  expect(await refused(files, ["scenarios/defaults.yaml"])).toMatchInlineSnapshot(`
    "
    scenarios/defaults.yaml is no scenario: it holds what the scenarios in its folder and below have in common
    "
  `);
});

test("a tag among the defaults selects the scenarios that it is given to", async () => {
  const files = {
    "scenarios/a.yaml": goodText,
    "scenarios/near/defaults.yaml": "tags: [near]\n",
    "scenarios/near/b.yaml": goodTextWith(["name: app-crash", "name: b"], ["tags: [gate]\n", ""], ["../", "../../"]),
  };
  expect((await load(files, ["near"])).map((it) => it.scenario.name)).toEqual(["b"]);
});

const inside = {
  "outer/defaults.yaml": "no: [",
  "outer/inner/scenarios/it.yaml": goodText,
  "outer/inner/compose.yaml": "services: { app: , prometheus: }",
};

test("what lies above the repository is none of its scenarios' business, wherever one stands", async () => {
  await inFolder(inside, async (root) => {
    await mkdir(join(root, "outer/inner/.git"));
    for (const from of [root, join(root, "outer"), join(root, "outer/inner/scenarios")]) {
      const loaded = await loadScenarios([join(root, "outer/inner/scenarios/it.yaml")], {
        faults: builtInFaults,
        root: from,
      });
      expect(loaded).toHaveLength(1);
    }
  });
});

test("outside of a repository, what lies above the working directory is not looked at", async () => {
  await inFolder(inside, async (root) => {
    const file = join(root, "outer/inner/scenarios/it.yaml");
    expect(await loadScenarios([file], { faults: builtInFaults, root: join(root, "outer/inner") })).toHaveLength(1);
    await expect(loadScenarios([file], { faults: builtInFaults, root })).rejects.toThrow(/^outer\/defaults\.yaml:1:/);
  });
});

test("outside of both, only a scenario's own folder is looked at", async () => {
  await inFolder(inside, async (root) => {
    await mkdir(join(root, "elsewhere"));
    const file = join(root, "outer/inner/scenarios/it.yaml");
    expect(await loadScenarios([file], { faults: builtInFaults, root: join(root, "elsewhere") })).toHaveLength(1);
  });
});

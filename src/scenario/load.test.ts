import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { builtInFaults } from "../fault/registry.ts";
import { describeScenarios } from "./describe.ts";
import { loadScenarios } from "./load.ts";
import { goodTextWith, inFolder, load, refused } from "./testing.ts";

const called = (name: string, ...tags: string[]) =>
  goodTextWith(["name: app-crash", `name: ${name}`], ["tags: [gate]", `tags: [${tags.join(", ")}]`], ["../", "../../"]);

const library = {
  "scenarios/links/b.yaml": called("b", "links", "gate"),
  "scenarios/process/a.yml": called("a", "gate"),
  "scenarios/process/slow.yaml": called("c", "slow"),
  "scenarios/README.md": "not a scenario",
};

test.each([
  { selectors: [], names: ["b", "a", "c"] },
  { selectors: ["scenarios"], names: ["b", "a", "c"] },
  { selectors: ["scenarios/process"], names: ["a", "c"] },
  { selectors: ["./scenarios/process/"], names: ["a", "c"] },
  { selectors: ["scenarios/process/slow.yaml"], names: ["c"] },
  { selectors: ["gate"], names: ["b", "a"] },
  { selectors: ["slow", "links"], names: ["c", "b"] },
  { selectors: ["a", "links"], names: ["a", "b"] },
  { selectors: ["slow", "scenarios/process", "scenarios/process/a.yml"], names: ["c", "a"] },
])("$selectors selects $names: files, folders, names and tags, each scenario once", async ({ selectors, names }) => {
  expect((await load(library, selectors)).map((it) => it.scenario.name)).toEqual(names);
});

test("a folder wins over a tag of the same name", async () => {
  const files = { ...library, "slow/d.yaml": called("d").replace("../../", "../") };
  expect((await load(files, ["slow"])).map((it) => it.scenario.name)).toEqual(["d"]);
});

test("a loaded scenario has its defaults, its Compose file and the fault as written", async () => {
  await inFolder({ "scenarios/links/b.yaml": called("b", "gate") }, async (root) => {
    const [loaded] = await loadScenarios([], { faults: builtInFaults, root });
    expect(loaded).toMatchObject({
      file: "scenarios/links/b.yaml",
      compose: join(root, "compose.yaml"),
      services: ["app", "redis", "watchdog", "prometheus"],
      faults: [{ kind: "crash", params: { service: "app" }, at: 0 }],
      scenario: { name: "b", steady: { for: 2000, within: 30_000, conditions: [] }, recovery: { within: 5000 } },
    });
  });
});

test("a list of scenarios tells what each breaks, who heals it and which controls it has", async () => {
  expect(describeScenarios(await load({ "scenarios/links/b.yaml": called("b", "gate") }), builtInFaults)).toEqual([
    {
      name: "b",
      claim: "When the app is killed, it is back within 5 s",
      file: "scenarios/links/b.yaml",
      tags: ["gate"],
      fault: "crash of app",
      healedBy: "restart-policy",
      goal: "recovery",
      within: 5000,
      controls: ["restart-policy"],
    },
  ]);
});

test("a scenario is chosen by its name as well, before any tag of that name", async () => {
  const files = { ...library, "scenarios/process/other.yaml": called("other", "a") };
  expect((await load(files, ["a"])).map((it) => it.scenario.name)).toEqual(["a"]);
});

test("selectors that name nothing are told with what was probably meant, all at once", async () => {
  const selectors = ["gat", "scenarios/proces", "scenarios/process/slw.yaml", "b.yaml", "zzz", "", "\0"];
  expect(await refused(library, selectors)).toMatchInlineSnapshot(`
    "
    no file, no folder, no scenario and no tag is called "gat"; did you mean "gate"?

    no file, no folder, no scenario and no tag is called "scenarios/proces"; did you mean "scenarios/process"?

    no file, no folder, no scenario and no tag is called "scenarios/process/slw.yaml"; did you mean "scenarios/process/slow.yaml"?

    no file, no folder, no scenario and no tag is called "b.yaml"; did you mean "scenarios/links/b.yaml"?

    no file, no folder, no scenario and no tag is called "zzz"

    no file, no folder, no scenario and no tag is called ""

    no file, no folder, no scenario and no tag is called "\\u0000"; did you mean "b"?

    7 problems
    "
  `);
});

test("a file that is no YAML file, and a folder without any", async () => {
  expect(await refused({ "empty/notes.txt": "" }, ["compose.json", "empty", "empty/notes.txt"])).toMatchInlineSnapshot(`
    "
    no file, no folder, no scenario and no tag is called "compose.json"

    no scenario in empty: wanted files that end in .yaml or .yml

    empty/notes.txt is no scenario: wanted a file that ends in .yaml or .yml

    3 problems
    "
  `);
});

test("no scenarios at all are told, not taken for a success", async () => {
  expect(await refused({})).toMatchInlineSnapshot(`
    "
    there is no folder scenarios/ here, and no other scenario is named
    "
  `);
});

test("two scenarios of one name: both places are named", async () => {
  const files = { "scenarios/x/one.yaml": called("same"), "scenarios/x/two.yaml": called("same") };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/x/two.yaml:1:7  the name "same" is already taken at scenarios/x/one.yaml:1:7
      1 | name: same
        |       ^
    "
  `);
});

test("the problems of all files are told at once, in the order of the files", async () => {
  const files = {
    "scenarios/x/two.yaml": called("Two"),
    "scenarios/x/one.yaml": "name: [",
    "scenarios/x/three.yaml": called("three"),
  };
  expect(await refused(files)).toMatchInlineSnapshot(`
    "
    scenarios/x/one.yaml:1:8  not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]
      1 | name: [
        |        ^

    scenarios/x/two.yaml:1:7  name: wanted lower-case words joined by hyphens; got "Two"
      1 | name: Two
        |       ^

    2 problems
    "
  `);
});

test("a broken scenario is in the way of its own tags only", async () => {
  const untagged = called("Untagged").replace("tags: []\n", "");
  const files = {
    ...library,
    "scenarios/x/broken.yaml": called("Broken", "broken"),
    "scenarios/x/no-tag.yaml": untagged,
  };
  expect((await load(files, ["slow"])).map((it) => it.scenario.name)).toEqual(["c"]);
  expect(await refused(files, ["broken"])).toContain("scenarios/x/broken.yaml:1:7");
});

test("a file too broken to tell its tags may have any", async () => {
  const files = { ...library, "scenarios/x/broken.yaml": "tags: [" };
  expect(await refused(files, ["slow"])).toContain("scenarios/x/broken.yaml:1:8");
});

test("a link to a scenario that is gone is told as a file that cannot be read", async () => {
  await inFolder({}, async (root) => {
    await mkdir(join(root, "scenarios"));
    await symlink("gone.yaml", join(root, "scenarios", "it.yaml"));
    await expect(loadScenarios([], { faults: builtInFaults, root })).rejects.toThrow(
      /^scenarios\/it\.yaml cannot be read: ENOENT/,
    );
  });
});

test("what lies in node_modules is nobody's scenario", async () => {
  const files = { ...library, "scenarios/node_modules/x/d.yaml": "name: [" };
  expect((await load(files)).map((it) => it.scenario.name)).toEqual(["b", "a", "c"]);
});

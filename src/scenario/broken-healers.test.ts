import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { exitCode, KnownError } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { loadBrokenHealers } from "./broken-healers.ts";
import { brokenHealersJsonSchema } from "./json-schema.ts";
import { loadScenarios } from "./load.ts";
import { goodText, inFolder, load, refused } from "./testing.ts";

const file = "scenarios/broken-healers.yaml";
const good = `\
- name: watchdog-blind
  breaks: watchdog
  what: The watchdog sees nothing
  override: { watchdog: { command: [node, blind.js] } }
- name: app-deaf
  breaks: application
  what: The app never connects again
  override: { app: { environment: { RECONNECT: "off" } } }
`;
const stacks = [{ compose: "compose.yaml", services: ["app", "watchdog"] }];

const read = (text: string, of: Parameters<typeof loadBrokenHealers>[1] = stacks) =>
  inFolder({ [file]: text }, (root) => loadBrokenHealers(file, of, { root }));

async function errorOf(text: string): Promise<string> {
  try {
    await read(text);
  } catch (thrown) {
    if (!(thrown instanceof KnownError) || thrown.exitCode !== exitCode.usage) throw thrown;
    return `\n${thrown}\n`;
  }
  return "not refused";
}

const changed = (from: string, to: string): string => {
  if (!good.includes(from)) throw new Error(`the good file has no ${from}`);
  return good.replace(from, () => to);
};

test("a file of broken healers is read as it is written", async () => {
  expect(await read(good)).toEqual([
    {
      name: "watchdog-blind",
      breaks: "watchdog",
      what: "The watchdog sees nothing",
      override: { watchdog: { command: ["node", "blind.js"] } },
    },
    {
      name: "app-deaf",
      breaks: "application",
      what: "The app never connects again",
      override: { app: { environment: { RECONNECT: "off" } } },
    },
  ]);
});

test("what is wrong is told with its place and what was meant, all at once", async () => {
  const text = changed("breaks: watchdog", "break: watchdog").replace("breaks: application", "breaks: magic");
  expect(await errorOf(text)).toMatchInlineSnapshot(`
    "
    scenarios/broken-healers.yaml:2:3  unknown key "break" in item 1; did you mean "breaks"?
      2 |   break: watchdog
        |   ^

    scenarios/broken-healers.yaml:6:11  item 2.breaks: wanted one of restart-policy, watchdog, systemd, application, orchestrator; got "magic"
      6 |   breaks: magic
        |           ^

    2 problems
    "
  `);
});

test("two of one name: both places are named", async () => {
  expect(await errorOf(changed("app-deaf", "watchdog-blind"))).toMatchInlineSnapshot(`
    "
    scenarios/broken-healers.yaml:5:9  the name "watchdog-blind" is already taken at scenarios/broken-healers.yaml:1:9
      5 | - name: watchdog-blind
        |         ^
    "
  `);
});

test("a service that no stack has is told with the one that was meant", async () => {
  expect(await errorOf(changed("{ watchdog:", "{ watchdgo:"))).toMatchInlineSnapshot(`
    "
    scenarios/broken-healers.yaml:4:15  no service "watchdgo" in compose.yaml (there are app, watchdog); did you mean "watchdog"?
      4 |   override: { watchdgo: { command: [node, blind.js] } }
        |               ^
    "
  `);
});

test("where a stack's services cannot be told, any name may be one of them", async () => {
  const healers = await read(changed("{ watchdog:", "{ watchdgo:"), [...stacks, { compose: "other.yaml" }]);
  expect(healers).toHaveLength(2);
});

test.each([
  ["nothing at all", "# only a remark\n"],
  ["an empty list", "[]\n"],
  ["no list", "name: watchdog-blind\n"],
  ["an override that changes nothing", changed("{ watchdog: { command: [node, blind.js] } }", "{}")],
  ["a sentence too short to say anything", changed("The watchdog sees nothing", "blind")],
])("%s is refused", async (_, text) => {
  expect(await errorOf(text)).toContain(`${file}:`);
});

test("a file that is not there is told with what was wanted in it", async () => {
  await expect(loadBrokenHealers("nowhere.yaml", stacks)).rejects.toThrow(
    /^nowhere\.yaml cannot be read: ENOENT.*wanted a list of broken healers/,
  );
});

test("lying among the scenarios it is none of them, and cannot be run as one", async () => {
  const files = { "scenarios/it.yaml": goodText, [file]: good };
  expect((await load(files)).map((it) => it.scenario.name)).toEqual(["app-crash"]);
  expect(await refused(files, [file])).toContain("is no scenario: it goes with healproof run --broken");
});

const repository = join(import.meta.dirname, "../..");
const isValid = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(brokenHealersJsonSchema());

test("the committed JSON Schema is current; `healproof schema --broken-healers --out schema/broken-healers.schema.json` makes it so", async () => {
  const committed: unknown = JSON.parse(await readFile(join(repository, "schema/broken-healers.schema.json"), "utf8"));
  expect(committed).toEqual(JSON.parse(JSON.stringify(brokenHealersJsonSchema())));
});

test("the reference stack's broken healers are valid, by the JSON Schema too, and name it for editors", async () => {
  const text = await readFile(join(repository, file), "utf8");
  isValid(parse(text));
  expect(isValid.errors).toBeNull();
  expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../schema/broken-healers.schema.json");
  const loaded = await loadScenarios([], { faults: builtInFaults, root: repository });
  expect((await loadBrokenHealers(file, loaded, { root: repository })).length).toBeGreaterThanOrEqual(10);
});

test.each([
  ["an unknown key", changed("breaks: watchdog", "breaks: watchdog\n  colour: blue")],
  ["a missing key", changed("  breaks: watchdog\n", "")],
  ["an unknown healer", changed("breaks: watchdog", "breaks: magic")],
  ["an override that changes nothing", changed("{ watchdog: { command: [node, blind.js] } }", "{}")],
  ["no broken healer", "[]"],
])("an editor sees %s, as the loader does", async (_, text) => {
  expect(isValid(parse(text))).toBe(false);
  expect(await errorOf(text)).not.toBe("not refused");
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { builtInFaults } from "../fault/registry.ts";
import { defaultsJsonSchema, scenarioJsonSchema } from "./json-schema.ts";
import { scenarioFiles } from "./select.ts";
import { goodText, goodTextWith } from "./testing.ts";

const regex = (text: string) => {
  try {
    return new RegExp(text).source !== "";
  } catch {
    return false;
  }
};

/** The exported schemas, judged by a validator that shares no code with their maker. */

const repository = join(import.meta.dirname, "../..");
const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true, formats: { regex } });
const isValid = ajv.compile(scenarioJsonSchema(builtInFaults));
const areValidDefaults = ajv.compile(defaultsJsonSchema(builtInFaults));

test.each([
  { file: "schema/scenario.schema.json", schema: scenarioJsonSchema(builtInFaults), command: "schema" },
  { file: "schema/defaults.schema.json", schema: defaultsJsonSchema(builtInFaults), command: "schema --defaults" },
])("the committed $file is current; `healproof $command --out $file` makes it so", async ({ file, schema }) => {
  const committed: unknown = JSON.parse(await readFile(join(repository, file), "utf8"));
  expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
});

const files = await scenarioFiles(join(repository, "scenarios"));

test("there are scenarios", () => {
  expect(files.length).toBeGreaterThanOrEqual(3);
});

describe.each(files.map((file) => file.slice(repository.length + 1)))("%s", (file) => {
  test("is valid by the JSON Schema", async () => {
    isValid(parse(await readFile(join(repository, file), "utf8")));
    expect(isValid.errors).toBeNull();
  });

  test("names the schema, so that editors check it too", async () => {
    const [first] = (await readFile(join(repository, file), "utf8")).split("\n");
    expect(first).toBe("# yaml-language-server: $schema=../../schema/scenario.schema.json");
  });
});

test("scenarios/defaults.yaml is valid by its JSON Schema and names it", async () => {
  const text = await readFile(join(repository, "scenarios/defaults.yaml"), "utf8");
  expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../schema/defaults.schema.json");
  areValidDefaults(parse(text));
  expect(areValidDefaults.errors).toBeNull();
});

test.each([
  ["a name where a condition stands", goodTextWith([`{ metric: 'up{job="app"}', is: 1 }`, "app-is-up"])],
  [
    "a name where a corroboration stands",
    goodTextWith([/corroboratedBy:\n.*/.exec(goodText)?.[0] ?? "", "corroboratedBy: [it-counts]"]),
  ],
  ["a name where two faults stand", goodTextWith(["fault: { crash: { service: app } }", "faults: [both-crash]"])],
  [
    "parts of its own",
    `${goodText}parts: { app-is-up: [{ metric: up, is: 1 }], both: [app-is-up, { probe: "tcp://app:1" }] }\n`,
  ],
  [
    "nothing but its own: the rest is in defaults",
    "name: app-crash\nclaim: When the app is killed, it is back within 5 s\n",
  ],
  ["a default taken away", `${goodText}ledger:\n`],
])("an editor is content with %s", (_, text) => {
  expect(isValid(parse(text)), JSON.stringify(isValid.errors)).toBe(true);
});

test.each([
  ["a name", "name: app-crash"],
  ["a claim", "claim: When the app is killed, it is back within 5 s"],
  ["an unknown key", "stak: {}"],
  ["a condition that is none, as a part", "parts: { app-is-up: { metrc: up, is: 1 } }"],
])("an editor sees %s among defaults", (_, text) => {
  expect(areValidDefaults(parse(text))).toBe(false);
});

test("a scenario with every default left out is valid", () => {
  expect(isValid(parse(goodText)), JSON.stringify(isValid.errors)).toBe(true);
});

test.each([
  ["an unknown key", goodTextWith(["within: 5s", "within: 5s\n  colour: blue"])],
  ["no name", goodTextWith(["name: app-crash\n", ""])],
  ["a missing key in an item of a list", goodTextWith(["    expect: never-recovered\n", ""])],
  ["a bare number as a duration", goodTextWith(["within: 5s", "within: 5"])],
  ["a duration of nothing", goodTextWith(["within: 5s", "within: 0s"])],
  ["an unknown healer", goodTextWith(["healedBy: restart-policy", "healedBy: magic"])],
  ["an unknown fault", goodTextWith(["crash:", "meteor:"])],
  ["two faults", goodTextWith(["{ service: app } }", "{ service: app }, hang: { service: app } }"])],
  ["a metric condition without a value", goodTextWith([", is: 1", ""])],
  ["a label without quotes", goodTextWith(["'up{job=\"app\"}'", "'up{job=app}'"])],
  ["an unknown state of a container", goodTextWith(["metric: 'up{job=\"app\"}', is: 1", "container: app, is: asleep"])],
  [
    "a disk's share without its unit",
    goodTextWith(["metric: 'up{job=\"app\"}', is: 1", "disk: /var, of: app, atMost: 80"]),
  ],
  ["a message without a place", goodTextWith(["metric: 'up{job=\"app\"}', is: 1", "message: down"])],
  ["a pattern that is none", goodTextWith(["metric: 'up{job=\"app\"}', is: 1", "log: app, matches: '('"])],
  ["a probe without a scheme", goodTextWith(["http://app:8080/readyz", "app:8080"])],
  ["a control that switches nothing off", goodTextWith(['    override: { app: { restart: "no" } }\n', ""])],
  ["an override that changes nothing", goodTextWith(['{ restart: "no" }', "{}"])],
])("an editor sees %s, as the loader does", (_, text) => {
  expect(isValid(parse(text))).toBe(false);
});

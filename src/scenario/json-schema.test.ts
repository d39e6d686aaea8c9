import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { builtInFaults } from "../fault/registry.ts";
import { scenarioJsonSchema } from "./json-schema.ts";
import { scenarioFiles } from "./select.ts";
import { goodText, goodTextWith } from "./testing.ts";

const regex = (text: string) => {
  try {
    return new RegExp(text).source !== "";
  } catch {
    return false;
  }
};

/** The exported schema, judged by a validator that shares no code with the schema's maker. */

const repository = join(import.meta.dirname, "../..");
const isValid = new Ajv({ strict: true, strictRequired: false, allErrors: true, formats: { regex } }).compile(
  scenarioJsonSchema(builtInFaults),
);

test("the committed JSON Schema is current; `healproof schema --out schema/scenario.schema.json` makes it so", async () => {
  const committed: unknown = JSON.parse(await readFile(join(repository, "schema/scenario.schema.json"), "utf8"));
  expect(committed).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema(builtInFaults))));
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

test("a scenario with every default left out is valid", () => {
  expect(isValid(parse(goodText)), JSON.stringify(isValid.errors)).toBe(true);
});

test.each([
  ["an unknown key", goodTextWith(["within: 5s", "within: 5s\n  colour: blue"])],
  ["a missing key", goodTextWith(["  healedBy: restart-policy\n", ""])],
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
  ["neither a control nor a reason", goodText.slice(0, goodText.indexOf("controls:"))],
])("an editor sees %s, as the loader does", (_, text) => {
  expect(isValid(parse(text))).toBe(false);
});

import { expect, test } from "vitest";
import { parse } from "yaml";
import { builtInFaults } from "../fault/registry.ts";
import { filledIn } from "./filled-in.ts";
import { scenarioSchema } from "./schema.ts";
import { goodText } from "./testing.ts";

const schema = scenarioSchema(builtInFaults);
const written: unknown = parse(goodText);

test("what the language says of absent keys is written out, durations with their unit", () => {
  expect(filledIn(schema, written)).toMatchObject({
    steady: { for: "2s", within: "30s", conditions: [] },
    fault: { crash: { service: "app" } },
    recovery: { within: "5s", stableFor: "3s", measuredFrom: "injection" },
    controls: [{ without: "restart-policy", of: "main" }],
  });
});

test("a scenario that is filled in means the same", () => {
  expect(schema.parse(filledIn(schema, written))).toEqual(schema.parse(written));
});

test("nothing is left to fill in the second time", () => {
  const once = filledIn(schema, written);
  expect(filledIn(schema, once)).toEqual(once);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { duration } from "../time.ts";
import { type AnyFault, defineFault } from "./define.ts";
import { faultsPage } from "./page.ts";
import { type Parameter, parametersOf } from "./parameters.ts";
import { builtInFaults } from "./registry.ts";

const file = join(import.meta.dirname, "../../docs/faults.md");

test("the page of the faults is current; `healproof list --faults --markdown > docs/faults.md` makes it so", () => {
  expect(readFileSync(file, "utf8")).toBe(faultsPage(builtInFaults));
});

test.each(builtInFaults)("$kind says what it is, and what each of its parameters means", (fault) => {
  expect(fault.summary).toMatch(/^[A-Z].*\.$/);
  for (const { name, description } of parametersOf(fault)) expect(description, name).toMatch(/\w{3,}/);
});

const fault = (params: z.ZodObject, lasts = false): AnyFault =>
  defineFault({
    kind: "nothing",
    summary: "Nothing happens.",
    params,
    aimed: z.strictObject({}),
    ends: "by-us",
    lasts,
    capabilities: ["SYS_PTRACE"],
    shares: ["host commands"],
    describe: () => "nothing",
    aim: async () => ({}),
    inject: async () => ({ from: 0, to: 0 }),
    witness: async () => undefined,
    undo: async () => "nothing",
  });

test.each<[z.ZodType, Partial<Parameter>]>([
  [z.string(), { type: "text", required: true }],
  [z.string().optional(), { type: "text", required: false }],
  [duration.optional().meta({ description: "How long" }), { type: "duration", description: "How long" }],
  [duration.default(duration.parse("2s")), { type: "duration", required: false }],
  [z.string().regex(/^\d+MB$/, "a size with its unit, such as 8MB"), { type: "size" }],
  [z.string().startsWith("/", "a path from the root"), { type: "path from the root" }],
  [z.enum(["up", "down"]), { type: "one of up, down" }],
  [z.union([z.int(), z.literal("any")]), { type: "whole number or any" }],
  [z.number(), { type: "number" }],
  [z.boolean(), { type: "true or false" }],
  [z.array(z.string()), { type: "list of texts" }],
  [z.record(z.string(), z.string()), { type: "mapping to texts" }],
  [z.string().meta({ description: "inner" }).optional().meta({ description: "outer" }), { description: "outer" }],
])("a parameter is told in words: %#", (schema, wanted) => {
  expect(parametersOf(fault(z.strictObject({ it: schema })))).toEqual([
    { name: "it", type: expect.any(String), required: expect.any(Boolean), description: expect.any(String), ...wanted },
  ]);
});

test("a mapping is told with what is in it, and what lasts takes a time", () => {
  const params = z.strictObject({ set: z.strictObject({ image: z.string() }) });
  expect(parametersOf(fault(params, true)).map((it) => it.name)).toEqual(["set", "set.image", "for"]);
  expect(parametersOf(fault(params)).map((it) => it.name)).toEqual(["set", "set.image"]);
});

test("a parameter that nothing here has words for is noticed", () => {
  expect(() => parametersOf(fault(z.strictObject({ when: z.date() })))).toThrow("date");
});

test("the page says what a fault needs and how it ends; a bar in a text does not break its table", () => {
  const page = faultsPage([fault(z.strictObject({ it: z.string().meta({ description: "this | that" }) }), true)]);
  expect(page).toContain("| `it` | text | this \\| that |");
  expect(page).toContain("held until its time is over");
  expect(page).toContain("SYS_PTRACE");
  expect(page).toContain('stack.shares: ["host commands"]');
});

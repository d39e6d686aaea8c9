import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { brokenHealersSchema } from "./broken-healers.ts";
import { scenarioFileSchema } from "./schema.ts";

/**
 * The JSON Schemas of the files as one writes them: for editors, so draft 7, because that is what they understand. An editor sees one
 * file at a time: what it leaves to a file of defaults is not missing, and a name may stand for items that are written there.
 */

/** Of a scenario's file. */
export function scenarioJsonSchema(faults: readonly AnyFault[]): Json {
  return { ...fileSchema(faults), required: ownKeys };
}

/** Of defaults.yaml: the same without what is each scenario's own. */
export function defaultsJsonSchema(faults: readonly AnyFault[]): Json {
  const { properties, ...schema } = fileSchema(faults);
  const shared = Object.entries(mappingIn(properties)).filter(([key]) => !ownKeys.some((it) => it === key));
  return { ...schema, title: "What healproof scenarios have in common", properties: Object.fromEntries(shared) };
}

const ownKeys = ["name", "claim"] as const;

type Json = Readonly<Record<string, unknown>>;
const json = z.record(z.string(), z.unknown());
const mappingIn = (value: unknown): Json => json.safeParse(value).data ?? {};

function fileSchema(faults: readonly AnyFault[]): Json {
  const whole = json.parse(z.toJSONSchema(scenarioFileSchema(faults), { io: "input", target: "draft-07" }));
  const { allOf: _, ...partial } = withoutRequired(whole);
  const places: Items = new Map();
  const schema = json.parse(withNames(partial, "#", places));
  const properties = mappingIn(schema.properties);
  const one = [...places.values()].map((it) => ({ $ref: it }));
  const { description } = mappingIn(properties.parts);
  const parts = { type: "object", description, propertyNames: partName, additionalProperties: partSchema(one) };
  return { ...schema, title: "A healproof scenario", properties: { ...properties, parts } };
}

/** A part is what stands in one of the lists, or several of it. */
const partSchema = (one: readonly Json[]): Json => ({ anyOf: [...one, { type: "array", items: { anyOf: one } }] });

/**
 * What defaults may fill in, key by key, is all that is in mappings (what is in lists, or a choice, is written as a whole), and what
 * may be absent can be taken away: nothing after its key.
 */
function withoutRequired(schema: Json): Json {
  if (schema.type !== "object" || !("properties" in schema)) return schema;
  const { required, ...rest } = schema;
  const needed = z.array(z.string()).safeParse(required).data ?? [];
  const properties = Object.entries(mappingIn(schema.properties)).map(([key, it]) => {
    const inner = withoutRequired(mappingIn(it));
    return [key, needed.includes(key) ? inner : orNothing(inner)];
  });
  return { ...rest, properties: Object.fromEntries(properties) };
}

function orNothing({ description, default: otherwise, ...schema }: Json): Json {
  return {
    ...(description === undefined ? {} : { description }),
    ...(otherwise === undefined ? {} : { default: otherwise }),
    anyOf: [schema, { type: "null" }],
  };
}

const partName = {
  type: "string",
  pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
  description: "The name of one of the parts, here or in a file of defaults",
};

/** What lists of mappings want, and where the first list is that wants it. */
type Items = Map<string, string>;

/** Where a list wants mappings, a name may stand for some of them. Tells what is wanted there. */
function withNames(schema: unknown, path: string, places: Items): unknown {
  if (Array.isArray(schema)) return schema.map((it, index) => withNames(it, `${path}/${index}`, places));
  if (typeof schema !== "object" || schema === null) return schema;
  const inside = Object.entries(schema).map(([key, it]) => [key, withNames(it, `${path}/${key}`, places)]);
  const copy = mappingIn(Object.fromEntries(inside));
  if (copy.type !== "array" || acceptsText(copy.items)) return copy;
  const items = JSON.stringify(copy.items);
  if (!places.has(items)) places.set(items, `${path}/items`);
  return {
    ...copy,
    // One name may stand for as many as are wanted.
    ...(typeof copy.minItems === "number" ? { minItems: Math.min(copy.minItems, 1) } : {}),
    items: { anyOf: [copy.items, partName] },
  };
}

function acceptsText(schema: unknown): boolean {
  const { type, anyOf } = mappingIn(schema);
  if (type !== undefined) return type === "string";
  return !Array.isArray(anyOf) || anyOf.some(acceptsText);
}

/** The same of a file of broken healers. */
export function brokenHealersJsonSchema(): object {
  return z.toJSONSchema(brokenHealersSchema, { io: "input", target: "draft-07" });
}

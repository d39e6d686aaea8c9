import { z } from "zod";
import { durationText, ms } from "../time.ts";
import { acceptsText, child, meantBranch, unwrap } from "./walk.ts";

/** A scenario as one would write it if nothing were left out: what the schema says of absent keys stands there too. */
export function filledIn(schema: z.ZodType, value: unknown): unknown {
  if (value === undefined) {
    if (schema instanceof z.ZodPrefault) return filledIn(inside(schema), schema.def.defaultValue);
    if (schema instanceof z.ZodDefault) return asWritten(inside(schema), schema.def.defaultValue);
    return undefined;
  }
  const node = unwrap(schema);
  if (node instanceof z.ZodUnion) {
    const branch = meantBranch(node, value);
    return branch === undefined ? value : filledIn(branch, value);
  }
  if (Array.isArray(value)) {
    const item = child(node, value, 0);
    return item === undefined ? value : value.map((it) => filledIn(item, it));
  }
  if (typeof value !== "object" || value === null) return value;
  const keys = node instanceof z.ZodObject ? Object.keys(node.shape) : [];
  const entries = [...new Set([...keys, ...Object.keys(value)])].map((key): [string, unknown] => {
    const inner = child(node, value, key);
    const written: unknown = Reflect.get(value, key);
    return [key, inner === undefined ? written : filledIn(inner, written)];
  });
  return Object.fromEntries(entries.filter(([, it]) => it !== undefined));
}

const inside = (schema: z.ZodPrefault | z.ZodDefault): z.ZodType => {
  const inner: unknown = schema.unwrap();
  return inner instanceof z.ZodType ? inner : z.unknown();
};

/** The schema holds what becomes of a default; of durations that is a number, and they are written with their unit. */
const asWritten = (schema: z.ZodType, value: unknown): unknown =>
  typeof value === "number" && acceptsText(schema) ? durationText(ms(value)) : value;

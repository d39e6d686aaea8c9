import { z } from "zod";
import { layersOf } from "../schema-layers.ts";
import type { Path } from "./problem.ts";
import { closest } from "./suggest.ts";

/** From a schema and a value to the schema of one part of it. */

/** The branch that was meant is the one whose first key the value has; failing that, has misspelt; failing that, one with a key like one of the value's. */
export function meantBranch(union: z.ZodUnion, value: unknown): z.ZodObject | undefined {
  const keys = keysOf(value);
  const branches = union.options.filter((it) => it instanceof z.ZodObject);
  return (
    branches.find((it) => keys.includes(headOf(it))) ??
    branches.find((it) => keys.some((key) => closest(key, [headOf(it)]) !== undefined)) ??
    branches.find((it) => keys.some((key) => closest(key, Object.keys(it.shape)) !== undefined))
  );
}

/** The first key of a branch, after which it is called. */
export const headOf = (branch: z.ZodObject) => Object.keys(branch.shape)[0] ?? "";

/** The schema and the value at a path, wrappers taken off and unions resolved to the branch that was meant. */
export function descend(
  schema: z.ZodType,
  value: unknown,
  path: Path,
): { node: z.ZodType | undefined; value: unknown } {
  let node: z.ZodType | undefined = schema;
  let here = value;
  for (const step of path) {
    node = child(unwrap(node), here, step);
    here = has(here, step) ? Reflect.get(Object(here), step) : undefined;
  }
  const bare = unwrap(node);
  return { node: bare?.description === undefined ? describedAs(bare, node?.description) : bare, value: here };
}

const describedAs = (node: z.ZodType | undefined, description: string | undefined) =>
  node === undefined || description === undefined ? node : node.meta({ description });

/** The schema of one part of a value: of a key's value, or of a list's items. */
export function child(node: z.ZodType | undefined, value: unknown, step: string | number): z.ZodType | undefined {
  const next: unknown =
    node instanceof z.ZodObject
      ? node.shape[step]
      : node instanceof z.ZodArray
        ? node.element
        : node instanceof z.ZodRecord
          ? node.valueType
          : node instanceof z.ZodUnion
            ? child(meantBranch(node, value), value, step)
            : undefined;
  return next instanceof z.ZodType ? next : undefined;
}

/** Without its wrappers. */
export const unwrap = (node: z.ZodType | undefined): z.ZodType | undefined => node && layersOf(node).at(-1);

/** Whether a plain text may stand there. What is neither a mapping, a list nor a plain value is not known, so it may. */
export function acceptsText(schema: z.ZodType): boolean {
  const node = unwrap(schema);
  if (node instanceof z.ZodUnion) return node.options.some((it) => !(it instanceof z.ZodType) || acceptsText(it));
  return !textless.some((it) => node instanceof it);
}

const textless = [z.ZodObject, z.ZodRecord, z.ZodArray, z.ZodNumber, z.ZodBoolean];

export const keysOf = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];

export const has = (value: unknown, key: string | number) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key);

export function isMissing(value: unknown, path: Path): boolean {
  const last = path.at(-1);
  if (typeof last !== "string") return false;
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((it, step) => (has(it, step) ? Reflect.get(Object(it), step) : it), value);
  return !has(parent, last);
}

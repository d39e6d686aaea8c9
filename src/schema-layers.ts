import { z } from "zod";

/**
 * A schema and what is inside its wrappers, the outermost first: those that say only that a value may be absent, or what becomes of it.
 */
export function layersOf(schema: z.ZodType): [z.ZodType, ...z.ZodType[]] {
  const inner: unknown =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
      ? schema.unwrap()
      : schema instanceof z.ZodPipe
        ? schema.in
        : undefined;
  return inner instanceof z.ZodType ? [schema, ...layersOf(inner)] : [schema];
}

import { z } from "zod";
import { layersOf } from "../schema-layers.ts";
import type { AnyFault } from "./define.ts";

/** A fault's parameters as people read of them, found in its schema. */
export interface Parameter {
  readonly name: string;
  /** In words: `text`, `duration`, `one of a, b`. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** What every fault takes that lasts: the engine adds it. */
const lastsFor: Parameter = {
  name: "for",
  type: "duration",
  required: false,
  description: "After this time it is undone; at the end of the trial unless told",
};

export const parametersOf = ({ params, lasts }: AnyFault): Parameter[] => [
  ...fieldsOf(params, ""),
  ...(lasts ? [lastsFor] : []),
];

function fieldsOf(object: z.ZodObject, prefix: string): Parameter[] {
  return Object.entries(object.shape).flatMap(([key, field]): Parameter[] => {
    if (!(field instanceof z.ZodType)) return [];
    const name = `${prefix}${key}`;
    const inner = layersOf(field).at(-1);
    const described = {
      name,
      type: typeOf(field),
      required: !field.safeParse(undefined).success,
      description: layersOf(field).find((it) => it.description !== undefined)?.description ?? "",
    };
    return inner instanceof z.ZodObject ? [described, ...fieldsOf(inner, `${name}.`)] : [described];
  });
}

function typeOf(schema: unknown): string {
  const it = schema instanceof z.ZodType ? layersOf(schema).at(-1) : undefined;
  if (it instanceof z.ZodEnum) return `one of ${it.options.join(", ")}`;
  if (it instanceof z.ZodLiteral) return [...it.values].join(" or ");
  if (it instanceof z.ZodUnion) return it.options.map(typeOf).join(" or ");
  if (it instanceof z.ZodArray) return `list of ${plural(typeOf(it.element))}`;
  if (it instanceof z.ZodRecord) return `mapping to ${plural(typeOf(it.valueType))}`;
  if (it instanceof z.ZodObject) return "mapping";
  if (it instanceof z.ZodBoolean) return "true or false";
  if (it instanceof z.ZodNumber) return it.format === "safeint" ? "whole number" : "number";
  if (it instanceof z.ZodString) return formatOf(it);
  throw new Error(`a parameter of a kind that has no words yet: ${it?.type ?? "none"}`);
}

const plural = (type: string) => (type === "text" ? "texts" : type);

/** What a text must look like, as its own schema says it of one that does not, in a word or two: `duration`. */
function formatOf(text: z.ZodString): string {
  const issue = text.safeParse("\u0000").error?.issues.find((it) => it.code === "invalid_format");
  return (
    issue?.message
      .replace(/, such as.*/, "")
      .replace(/ with its unit$/, "")
      .replace(/^an? /, "") ?? "text"
  );
}

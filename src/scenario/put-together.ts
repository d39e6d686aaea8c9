import type { z } from "zod";
import { merged } from "./merge.ts";
import { type Problem, positionOf } from "./problem.ts";
import { resolveParts } from "./resolve.ts";
import { type Entry, entryOf, placeOf, type Written, type WrittenMapping } from "./written.ts";

/** A scenario with everything that it leaves to the files above it, and its parts put in where they are named. */
export function putTogether(
  own: Written,
  defaults: WrittenMapping | undefined,
  schema: z.ZodType,
  folder: string,
): { readonly written: Written; readonly problems: readonly Problem[] } {
  if (own.kind !== "mapping") return { written: own, problems: [] };
  const whole = defaults === undefined ? own : merged(own, defaults);
  const { written, problems, used } = resolveParts(whole, partsOf(whole), schema, folder);
  return { written, problems: [...ownPartProblems(partsOf(own), partsOf(defaults), used), ...problems] };
}

const partsOf = (of: Written | undefined): ReadonlyMap<string, Entry> => {
  const parts = entryOf(of, "parts")?.value;
  return parts?.kind === "mapping" ? parts.entries : new Map();
};

/** In a scenario itself each part is its own, and used. */
function ownPartProblems(
  own: ReadonlyMap<string, Entry>,
  inherited: ReadonlyMap<string, Entry>,
  used: ReadonlySet<string>,
): Problem[] {
  return [...own].flatMap(([name, { key }]) => {
    const other = inherited.get(name);
    const quoted = JSON.stringify(name);
    if (other !== undefined)
      return [
        {
          message: `the part ${quoted} is already defined at ${positionOf(placeOf(other.key))}`,
          at: placeOf(key),
        },
      ];
    return used.has(name) ? [] : [{ message: `the part ${quoted} is not used in this scenario`, at: placeOf(key) }];
  });
}

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { explain } from "./explain.ts";
import type { LoadedScenario } from "./load.ts";
import { type Parsed, parseYaml } from "./parse.ts";
import { badScenarios, type Problem, positionOf } from "./problem.ts";
import { healer, overrides, slug } from "./schema.ts";
import { shownPath } from "./select.ts";
import { didYouMean } from "./suggest.ts";

/**
 * Ways to break the healers of a stack, each by a change to its Compose file. Scenarios are run against them to show that they
 * notice: a scenario that is proven whatever its healer does proves nothing.
 */

const brokenHealer = z.strictObject({
  name: slug.max(40).meta({ description: "Unique in this file: lower-case words joined by hyphens" }),
  breaks: healer.meta({ description: "What kind of healer it is" }),
  what: z.string().min(10).meta({ description: "What is broken about it, in one sentence, as the report says it" }),
  override: overrides
    .refine((it) => Object.keys(it).length > 0, { message: "an override that changes nothing" })
    .meta({ description: "What breaks it: changes to services of the Compose file", minProperties: 1 }),
});
export type BrokenHealer = z.output<typeof brokenHealer>;

/** The exported JSON Schema (schema/broken-healers.schema.json) is made from this. */
export const brokenHealersSchema = z
  .array(brokenHealer)
  .min(1)
  .meta({ title: "Broken healers of a stack, for healproof run --broken" });

const wanted = "a list of broken healers, each with name, breaks, what, override";

type Stack = Pick<LoadedScenario, "compose" | "services">;

/**
 * Reads a file of broken healers, for scenarios on these stacks: what it changes must be in one of them.
 * Throws one KnownError (usage) with every problem, in order.
 */
export async function loadBrokenHealers(
  path: string,
  stacks: readonly Stack[],
  { root = process.cwd() }: { readonly root?: string } = {},
): Promise<BrokenHealer[]> {
  const file = shownPath(root, resolve(root, path));
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(root, path));
  } catch (thrown) {
    throw badScenarios([{ message: `${file} cannot be read: ${messageOf(thrown)}; wanted ${wanted}` }]);
  }
  const parsed = parseYaml(file, bytes, wanted);
  if (!("value" in parsed)) throw badScenarios(parsed.problems);
  const checked = brokenHealersSchema.safeParse(parsed.value);
  const found = checked.success
    ? [...sameNames(checked.data, parsed), ...strangers(checked.data, stacks, parsed)]
    : explain(brokenHealersSchema, parsed.value, parsed.at);
  const problems = [...parsed.problems, ...found];
  if (!checked.success || problems.length > 0) throw badScenarios(problems);
  return checked.data;
}

function sameNames(healers: readonly BrokenHealer[], { at }: Parsed): Problem[] {
  return healers.flatMap(({ name }, index) => {
    const first = healers.findIndex((it) => it.name === name);
    if (first === index) return [];
    const taken = positionOf(at([first, "name"]));
    return [{ message: `the name "${name}" is already taken at ${taken}`, at: at([index, "name"]) }];
  });
}

/** Services that no stack has. Where the services of one cannot be told, they may be that one's. */
function strangers(healers: readonly BrokenHealer[], stacks: readonly Stack[], { at }: Parsed): Problem[] {
  if (stacks.some(({ services }) => services === undefined)) return [];
  const known = [...new Set(stacks.flatMap(({ services }) => services ?? []))];
  const files = [...new Set(stacks.map(({ compose }) => compose))];
  return healers.flatMap(({ override }, index) =>
    Object.keys(override)
      .filter((it) => !known.includes(it))
      .map((it) => ({
        message: `no service ${JSON.stringify(it)} in ${files.join(" or ")} (there are ${known.join(", ")})${didYouMean(it, known)}`,
        at: at([index, "override", it], "key"),
      })),
  );
}

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { explain } from "./explain.ts";
import type { LoadedScenario } from "./load.ts";
import { parseYaml } from "./parse.ts";
import { badScenarios, type Locate, type Problem, positionOf } from "./problem.ts";
import { healer, overrides, slug } from "./schema.ts";
import { shownPath } from "./select.ts";
import { didYouMean } from "./suggest.ts";
import { locatorOf, plainOf } from "./written.ts";

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
  const { written, problems: unread } = parseYaml({ file, folder: dirname(resolve(root, path)), wanted }, bytes);
  if (written === undefined) throw badScenarios(unread);
  const [value, at] = [plainOf(written), locatorOf(written)];
  const checked = brokenHealersSchema.safeParse(value);
  const found = checked.success
    ? [...sameNames(checked.data, at), ...strangers(checked.data, stacks, at)]
    : explain(brokenHealersSchema, value, at);
  const problems = [...unread, ...found];
  if (!checked.success || problems.length > 0) throw badScenarios(problems);
  return checked.data;
}

function sameNames(healers: readonly BrokenHealer[], at: Locate): Problem[] {
  return healers.flatMap(({ name }, index) => {
    const first = healers.findIndex((it) => it.name === name);
    if (first === index) return [];
    const taken = positionOf(at([first, "name"]));
    return [{ message: `the name "${name}" is already taken at ${taken}`, at: at([index, "name"]) }];
  });
}

/** Services that no stack has. Where the services of one cannot be told, they may be that one's. */
function strangers(healers: readonly BrokenHealer[], stacks: readonly Stack[], at: Locate): Problem[] {
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

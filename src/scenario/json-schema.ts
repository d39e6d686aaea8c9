import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { brokenHealersSchema } from "./broken-healers.ts";
import { scenarioSchema } from "./schema.ts";

/** The JSON Schema of a scenario file, as one writes it: for editors. Draft 7, because that is what they understand. */
export function scenarioJsonSchema(faults: readonly AnyFault[]): object {
  return z.toJSONSchema(scenarioSchema(faults), { io: "input", target: "draft-07" });
}

/** The same of a file of broken healers. */
export function brokenHealersJsonSchema(): object {
  return z.toJSONSchema(brokenHealersSchema, { io: "input", target: "draft-07" });
}

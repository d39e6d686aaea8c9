import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { scenarioSchema } from "./schema.ts";

/** The JSON Schema of a scenario file, as one writes it: for editors. Draft 7, because that is what they understand. */
export function scenarioJsonSchema(faults: readonly AnyFault[]): object {
  return z.toJSONSchema(scenarioSchema(faults), { io: "input", target: "draft-07" });
}

import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { patternOf } from "../../pattern.ts";

/** A regular expression as a scenario writes it. */
export const pattern = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      patternOf(text);
    } catch (thrown) {
      const why = messageOf(thrown).replace(/^Invalid regular expression: /, "");
      context.addIssue({ code: "custom", message: `wanted a regular expression; got ${why}` });
    }
  });

/** For the exported JSON Schema, beside a description. */
export const asPattern = (description: string) => ({ format: "regex", description });

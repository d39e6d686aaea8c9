import { z } from "zod";
import { formatSize, parseSize, sizePattern } from "../../size.ts";
import type { Reading } from "./reading.ts";

/** How much of a service's log the engine keeps. */

const size = z.string().regex(sizePattern, "a size with its unit, such as 30MiB");
const keys = ["atLeast", "atMost"] as const;

/** A plan keeps it as it is written. */
const bytesOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseSize(text));

export const logSizeCondition = z
  .strictObject({
    logSize: z.string().min(1).meta({ description: "A service of the Compose file: its first container" }),
    atLeast: size.optional().meta({ description: "What the engine still has of its log, such as 1MiB" }),
    atMost: size.optional().meta({ description: "What the engine still has of its log, such as 30MiB" }),
  })
  .superRefine((it, context) => {
    if (keys.every((key) => it[key] === undefined))
      context.addIssue({ code: "custom", message: `a logSize condition needs one of: ${keys.join(", ")}` });
    if ((bytesOf(it.atLeast) ?? 0) > (bytesOf(it.atMost) ?? Number.POSITIVE_INFINITY))
      context.addIssue({ code: "custom", path: ["atLeast"], message: "no value is good: atLeast is above atMost" });
  })
  .meta({ anyOf: keys.map((key) => ({ required: [key] })) });

export function readLogSize({ logSize, atLeast, atMost }: z.output<typeof logSizeCondition>): Reading {
  const [least, most] = [bytesOf(atLeast), bytesOf(atMost)];
  const parts = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return {
    series: `size of the log of ${logSize}`,
    text: `of the log of ${logSize} the engine keeps ${parts.join(" and ")}`,
    watch: { by: "log-size", service: logSize },
    good: ({ value }) => (least === undefined || value >= least) && (most === undefined || value <= most),
    say: formatSize,
  };
}

import { z } from "zod";
import type { Reading } from "./reading.ts";

/** How full a file system is, as a service's container sees it. */

const percent = /^(\d+(?:\.\d+)?)%$/;
const share = z.string().regex(percent, "a share in percent, such as 80%");
const keys = ["atLeast", "atMost"] as const;

/** A plan keeps it as it is written. */
const percentOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(percent.exec(text)?.[1]);

export const diskCondition = z
  .strictObject({
    disk: z
      .string()
      .regex(/^\//, "an absolute path in the container, such as /var/lib/app")
      .meta({ description: "A path in the container: the file system that holds it" }),
    of: z.string().min(1).meta({ description: "A service of the Compose file: its first container" }),
    atLeast: share.optional().meta({ description: "The share in use, such as 95%" }),
    atMost: share.optional().meta({ description: "The share in use, such as 80%" }),
  })
  .superRefine((it, context) => {
    if (keys.every((key) => it[key] === undefined))
      context.addIssue({ code: "custom", message: `a disk condition needs one of: ${keys.join(", ")}` });
    for (const key of keys)
      if ((percentOf(it[key]) ?? 0) > 100)
        context.addIssue({ code: "custom", path: [key], message: `wanted at most 100%; got ${it[key]}` });
    if ((percentOf(it.atLeast) ?? 0) > (percentOf(it.atMost) ?? 100))
      context.addIssue({ code: "custom", path: ["atLeast"], message: "no value is good: atLeast is above atMost" });
  })
  .meta({ anyOf: keys.map((key) => ({ required: [key] })) });

export function readDisk({ disk, of, atLeast, atMost }: z.output<typeof diskCondition>): Reading {
  const [least, most] = [percentOf(atLeast), percentOf(atMost)];
  const parts = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return {
    series: `disk ${disk} of ${of}`,
    text: `${disk} of ${of} is ${parts.join(" and ")} full`,
    watch: { by: "disk", service: of, path: disk },
    good: ({ value }) => (least === undefined || value >= least) && (most === undefined || value <= most),
    say: (value) => `${value}%`,
  };
}

import { z } from "zod";
import type { Reading } from "./reading.ts";
import { fittingWritten, someWrittenBound, withinWritten, writtenBoundsText } from "./written-bounds.ts";

/** How full a file system is, as a service's container sees it. */

const percent = /^(\d+(?:\.\d+)?)%$/;
const percentOf = (text: string): number => Number(percent.exec(text)?.[1]);
const share = z
  .string()
  .regex(percent, "a share in percent, such as 80%")
  .refine((it) => !(percentOf(it) > 100), { error: ({ input }) => `wanted at most 100%; got ${input}` });

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
  .superRefine(fittingWritten("a disk condition", percentOf))
  .meta(someWrittenBound);

export const readDisk = ({ disk, of, ...bounds }: z.output<typeof diskCondition>): Reading => {
  const isWithin = withinWritten(bounds, percentOf);
  return {
    series: `disk ${disk} of ${of}`,
    text: `${disk} of ${of} is ${writtenBoundsText(bounds)} full`,
    watch: { by: "disk", service: of, path: disk },
    good: ({ value }) => isWithin(value),
    say: (value) => `${value}%`,
  };
};

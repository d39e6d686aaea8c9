import { z } from "zod";
import { formatSize, parseSize, sizePattern } from "../../size.ts";
import type { Reading } from "./reading.ts";
import { fittingWritten, someWrittenBound, withinWritten, writtenBoundsText } from "./written-bounds.ts";

/** How much of a service's log the engine keeps. */

const size = z.string().regex(sizePattern, "a size with its unit, such as 30MiB");

export const logSizeCondition = z
  .strictObject({
    logSize: z.string().min(1).meta({ description: "A service of the Compose file: its first container" }),
    atLeast: size.optional().meta({ description: "What the engine still has of its log, such as 1MiB" }),
    atMost: size.optional().meta({ description: "What the engine still has of its log, such as 30MiB" }),
  })
  .superRefine(fittingWritten("a logSize condition", parseSize))
  .meta(someWrittenBound);

export const readLogSize = ({ logSize, ...bounds }: z.output<typeof logSizeCondition>): Reading => {
  const isWithin = withinWritten(bounds, parseSize);
  return {
    series: `size of the log of ${logSize}`,
    text: `of the log of ${logSize} the engine keeps ${writtenBoundsText(bounds)}`,
    watch: { by: "log-size", service: logSize },
    good: ({ value }) => isWithin(value),
    say: formatSize,
  };
};

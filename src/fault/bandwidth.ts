import { z } from "zod";
import { formatSize, parseSize } from "../size.ts";
import { helloOf } from "./hello.ts";
import { defineLinkFault, directionOf, linkParams } from "./link.ts";

/** What a hello should take at that rate, to be told from what it takes anyway; and the least that it must. */
const wantedMs = 300;
const leastMs = 100;
/** How much of what it should take must be seen: the last chunk may be on its way early. */
const most = 0.6;

const rate = z
  .string()
  .regex(/^\d+(\.\d+)?(B|kB|MB|GB|KiB|MiB|GiB)\/s$/, "a rate with its unit, such as 16kB/s or 1MB/s")
  .transform((text) => Math.round((parseSize(text.slice(0, -2)) ?? 0) / 1000))
  .refine((it) => it >= 1, "at least 1kB/s: use partition for none at all");

/** A link becomes narrow, as a mobile connection or a saturated line: bytes arrive at no more than a rate. */
export const bandwidth = defineLinkFault({
  kind: "bandwidth",
  summary: "Each connection of a link carries no more than so many bytes a second.",
  params: z.strictObject({
    ...linkParams,
    rate: rate.meta({ description: "How much each connection carries, in whole kB/s: 16kB/s, 1MB/s" }),
    direction: directionOf("both"),
  }),
  describe: ({ link, rate, direction }) => `${formatSize(rate * 1000)}/s on ${link} (${direction})`,

  breaks: ({ rate, direction }) => ({ toxic: { type: "bandwidth", attributes: { rate } }, direction }),

  measure([first, second], hello) {
    if (hello === null || first === undefined) return undefined;
    // Bytes for each ms.
    const perMs = first.attributes.rate ?? 0;
    const upstream = first.stream === "upstream" || second?.stream === "upstream";
    const { long, answeredBy } = helloOf(hello);
    const greeting = upstream ? (long(perMs * wantedMs) ?? long(perMs * leastMs)) : answeredBy(perMs * wantedMs);
    if (greeting === undefined) return undefined;
    return {
      hello: greeting,
      until: upstream ? "first" : "all",
      leastBytes: perMs * leastMs,
      patienceMs: (whole) => 3 * wantedMs + 2 * whole + 1000,
      shows: (disturbed, whole) => {
        const carried = upstream ? greeting.length : whole.bytes;
        return disturbed.bytes > 0 && disturbed.tookMs - whole.tookMs >= (most * carried) / perMs;
      },
    };
  },
});

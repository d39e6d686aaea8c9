import { z } from "zod";
import { duration, formatDuration, ms } from "../time.ts";
import { helloOf } from "./hello.ts";
import { defineLinkFault, delayOf, directionOf, linkParams, seenOf } from "./link.ts";

/** A link becomes slow, as a satellite's or an overloaded line: every byte arrives, later. */
export const latency = defineLinkFault({
  kind: "latency",
  summary: "What is sent over a link arrives late, by a delay that may vary.",
  params: z.strictObject({
    ...linkParams,
    delay: delayOf("How much later, in each direction that is meant: 200ms, 2s"),
    jitter: duration.default(ms(0)).meta({ description: "How much the delay varies, up and down; 0ms unless told" }),
    direction: directionOf("downstream"),
  }),
  describe: ({ link, delay, jitter, direction }) =>
    `${formatDuration(delay)}${jitter > 0 ? ` ± ${formatDuration(jitter)}` : ""} latency on ${link} (${direction})`,

  breaks: ({ delay, jitter, direction }) => ({
    toxic: { type: "latency", attributes: { latency: Math.round(delay), jitter: Math.round(jitter) } },
    direction,
  }),

  measure(toxics, hello, within) {
    if (hello === null) return undefined;
    const delay = toxics.reduce((sum, { attributes }) => sum + (attributes.latency ?? 0), 0);
    const jitter = toxics.reduce((sum, { attributes }) => sum + (attributes.jitter ?? 0), 0);
    // One that is longer than there is time for is seen by nothing having come until then.
    const late = seenOf(delay, within);
    return {
      hello: helloOf(hello).short,
      until: "first",
      patienceMs: (whole) => delay + jitter + 2 * whole + 1000,
      shows: (disturbed, whole) => disturbed.tookMs - whole.tookMs >= late,
    };
  },
});

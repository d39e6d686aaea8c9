import { z } from "zod";
import { duration, formatDuration, ms } from "../time.ts";
import { helloOf } from "./hello.ts";
import { defineLinkFault, directionOf, linkParams } from "./link.ts";

/**
 * Connections of a link are reset, as by a crashed peer or a firewall that forgot them: at the next bytes that they carry; an idle one
 * stays. Upstream, what was sent never arrives; downstream it arrives, and its answer is lost.
 */
export const reset = defineLinkFault({
  kind: "reset",
  summary: "Each connection of a link is reset (TCP RST) once it carries something.",
  params: z.strictObject({
    ...linkParams,
    after: duration.default(ms(0)).meta({ description: "How long after its first bytes; 0ms unless told" }),
    direction: directionOf("both"),
  }),
  describe: ({ link, after, direction }) =>
    `resets on ${link}${after > 0 ? ` after ${formatDuration(after)}` : ""} (${direction})`,

  breaks: ({ after, direction }) => ({
    toxic: { type: "reset_peer", attributes: { timeout: Math.round(after) } },
    direction,
  }),

  measure([first], hello) {
    if (hello === null) return undefined;
    const after = first?.attributes.timeout ?? 0;
    return {
      hello: helloOf(hello).short,
      until: "first",
      patienceMs: (whole) => after + 2 * whole + 1000,
      shows: ({ came, bytes }) => came === "reset" && bytes === 0,
    };
  },
});

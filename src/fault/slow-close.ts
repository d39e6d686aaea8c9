import { z } from "zod";
import { formatDuration } from "../time.ts";
import { defineLinkFault, delayOf, directionOf, linkParams, seenOf } from "./link.ts";

/** Connections of a link end late, as behind a proxy that is slow to notice: what was closed still looks open to the other side. */
export const slowClose = defineLinkFault({
  kind: "slow-close",
  summary: "What closes a connection of a link reaches the other side late.",
  params: z.strictObject({
    ...linkParams,
    delay: delayOf("How much later the other side sees it"),
    direction: directionOf("downstream"),
  }),
  describe: ({ link, delay, direction }) => `closing ${formatDuration(delay)} late on ${link} (${direction})`,

  breaks: ({ delay, direction }) => ({
    toxic: { type: "slow_close", attributes: { delay: Math.round(delay) } },
    direction,
  }),

  /** We close our side first: the answer to that passes both directions. */
  measure(toxics, _hello, within) {
    const delay = toxics.reduce((sum, { attributes }) => sum + (attributes.delay ?? 0), 0);
    const late = seenOf(delay, within);
    return {
      hello: Buffer.alloc(0),
      until: "closed",
      patienceMs: (whole) => delay + 2 * whole + 1000,
      shows: (disturbed, whole) => disturbed.tookMs - whole.tookMs >= late,
    };
  },
});

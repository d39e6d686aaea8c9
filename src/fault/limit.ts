import { z } from "zod";
import { formatSize, size } from "../size.ts";
import { helloOf } from "./hello.ts";
import { defineLinkFault, directionOf, linkParams } from "./link.ts";

/** So much more than the limit is said, or asked for. */
const over = 500;

/** Connections of a link break off after so many bytes, as long transfers over a bad line: each is closed in the middle. */
export const limit = defineLinkFault({
  kind: "limit",
  summary: "Each connection of a link is closed once it has carried so many bytes.",
  params: z.strictObject({
    ...linkParams,
    bytes: size.meta({ description: "How much a connection carries in each direction that is meant, from now on" }),
    direction: directionOf("both"),
  }),
  describe: ({ link, bytes, direction }) => `closing after ${formatSize(bytes)} on ${link} (${direction})`,

  breaks: ({ bytes, direction }) => ({ toxic: { type: "limit_data", attributes: { bytes } }, direction }),

  measure([first, second], hello) {
    if (hello === null || first === undefined) return undefined;
    const bytes = first.attributes.bytes ?? 0;
    const upstream = first.stream === "upstream" || second?.stream === "upstream";
    const { long, answeredBy } = helloOf(hello);
    const greeting = upstream ? long(bytes + over) : answeredBy(bytes + over);
    if (greeting === undefined) return undefined;
    return {
      hello: greeting,
      until: upstream ? "first" : "all",
      leastBytes: bytes + 1,
      patienceMs: (whole) => 2 * whole + 1000,
      shows: (disturbed, whole) =>
        (disturbed.came === "closed" || disturbed.came === "reset") && disturbed.bytes < whole.bytes,
    };
  },
});

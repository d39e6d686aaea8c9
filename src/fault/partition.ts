import { z } from "zod";
import { helloOf } from "./hello.ts";
import { defineLinkFault, directionOf, linkParams } from "./link.ts";

/** Longer than any answer over a local network takes, also on a machine that is busy. */
const silenceMs = 500;

/**
 * A link is cut. In silence, as by a dying switch: connections stay open and new ones succeed, but no byte arrives (Toxiproxy closes
 * them when it ends). Or refused, as by a firewall that rejects: connections are closed and new ones refused.
 */
export const partition = defineLinkFault({
  kind: "partition",
  summary: "A link is cut: its connections fall silent, or are refused.",
  params: z
    .strictObject({
      ...linkParams,
      mode: z.enum(["silent", "refused"]).default("silent").meta({
        description: "Whether connections stay open and fall silent, or are closed and refused; silent unless told",
      }),
      direction: directionOf("both"),
    })
    .refine(({ mode, direction }) => mode === "silent" || direction === "both", {
      message: "a connection is refused as a whole, not in one direction: mode: silent, or no direction",
      path: ["direction"],
    }),
  describe: ({ link, mode, direction }) =>
    `${mode === "silent" ? "silent" : "refusing"} partition of ${link}${direction === "both" ? "" : ` (${direction})`}`,

  breaks: ({ mode, direction }) =>
    mode === "refused" ? "disabled" : { toxic: { type: "timeout", attributes: { timeout: 0 } }, direction },

  measure(toxics, hello) {
    const silent = toxics.length > 0;
    if (silent && hello === null) return undefined;
    return {
      hello: hello === null ? Buffer.alloc(0) : helloOf(hello).short,
      // Without a hello there is the other side's closing to wait for, once we have closed ours.
      until: hello === null ? "closed" : "first",
      patienceMs: (whole) => Math.max(silenceMs, 5 * whole),
      shows: ({ came, bytes, tookMs }) =>
        silent ? bytes === 0 && (came === "closed" || (came === "silence" && tookMs >= silenceMs)) : came === "refused",
    };
  },
});

import { z } from "zod";
import { hostNow } from "../../src/clock.ts";
import { defineFault } from "../../src/fault/define.ts";

/** Breaks nothing. A scenario with it is inconclusive: fault-had-no-effect. */
export const nothing = defineFault({
  kind: "nothing",
  summary: "Nothing happens.",
  params: z.strictObject({ service: z.string() }),
  aimed: z.strictObject({ container: z.string() }),
  ends: "at-once",
  lasts: false,
  describe: ({ service }) => `nothing to ${service}`,

  /** Finds out what exactly will be touched, and changes nothing. The result is on the disk before anything is injected. */
  async aim({ stack }, { service }) {
    return { container: (await stack.container(service)).id };
  },

  /** Breaks it, and says when: a span on the host's clock. */
  async inject() {
    const now = hostNow();
    return { from: now, to: now };
  },

  /** When it was seen to bite, as (last seen whole, first seen broken]; undefined if it was not. */
  async witness() {
    return undefined;
  },

  /** Puts back what is still held. Idempotent: gone already is a success. Says what it did. */
  async undo() {
    return "nothing was broken";
  },
});

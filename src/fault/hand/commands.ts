import * as z from "zod/mini";
import { signals } from "./hand.ts";

/** What the hand is asked and what it answers, beyond the envelope of helper-wire.ts. Times are its monotonic clock's, ms. */

const identity = z.strictObject({ pid: z.int().check(z.positive()), startTicks: z.number(), container: z.string() });

export const command = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("identify"), container: z.string(), pid: z.int().check(z.positive()) }),
  z.strictObject({
    do: z.literal("signal"),
    process: identity,
    signal: z.enum(signals),
  }),
  z.strictObject({ do: z.literal("watch"), process: identity }),
]);
export type Command = z.infer<typeof command>;

/** Null if the process is gone or elsewhere. */
export const identified = z.nullable(identity);

export const signalled = z.strictObject({ sent: z.boolean(), from: z.number(), to: z.number() });

export const seen = z.strictObject({
  state: z.enum(["running", "stopped", "gone"]),
  from: z.number(),
  to: z.number(),
});

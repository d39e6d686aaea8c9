import * as z from "zod/mini";

/** What the probe is asked and what it answers, beyond the envelope of helper-wire.ts. Times are its monotonic clock's, ms. */

export const command = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("watch"),
    url: z.string(),
    /** A pattern that the answer's body must match: it is looked at here, so that bodies do not travel. */
    body: z.optional(z.string()),
    everyMs: z.number().check(z.positive()),
    timeoutMs: z.number().check(z.positive()),
    maxInFlight: z.int().check(z.positive()),
  }),
  z.strictObject({ do: z.literal("fetch"), url: z.string(), timeoutMs: z.number().check(z.positive()) }),
]);
export type Command = z.infer<typeof command>;

/** From, to, status (with a minus where the body does not match), and why there is none. */
const tried = z.union([
  z.tuple([z.number(), z.number(), z.int()]),
  z.tuple([z.number(), z.number(), z.int(), z.string()]),
]);
export type Tried = z.infer<typeof tried>;
export const batch = z.array(tried);

export const fetched = z.union([
  z.strictObject({ from: z.number(), to: z.number(), status: z.int(), body: z.string() }),
  z.strictObject({ from: z.number(), to: z.number(), error: z.string() }),
]);
export type ProbeFetched = z.infer<typeof fetched>;

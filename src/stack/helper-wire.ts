import * as z from "zod/mini";

/**
 * What the harness and its helper programs say to each other: one JSON object a line over the container's standard streams.
 * Each request has a number; its answers carry the same one: any number of `more`, then `done` or `error`.
 * This file is bundled into the programs, hence zod's small variant: it halves their start-up time.
 */

const id = z.int();

export const request = z.discriminatedUnion("kind", [
  /** What `command` holds is the program's own affair. */
  z.strictObject({ kind: z.literal("do"), id, command: z.unknown() }),
  /** Ends a request that streams. */
  z.strictObject({ kind: z.literal("stop"), id }),
  /** Answered at once by the program's monotonic clock. */
  z.strictObject({ kind: z.literal("ping"), id }),
]);
export type Request = z.infer<typeof request>;

export const answer = z.discriminatedUnion("kind", [
  /** The program's first line. */
  z.strictObject({ kind: z.literal("hello"), bootId: z.string() }),
  z.strictObject({ kind: z.literal("more"), id, data: z.unknown() }),
  z.strictObject({ kind: z.literal("done"), id, data: z.unknown() }),
  z.strictObject({ kind: z.literal("error"), id, message: z.string() }),
]);
export type Answer = z.infer<typeof answer>;

import * as z from "zod/mini";
import { signals } from "./hand.ts";

/** What the hand is asked and what it answers, beyond the envelope of helper-wire.ts. Times are its monotonic clock's, ms. */

const identity = z.strictObject({ pid: z.int().check(z.positive()), startTicks: z.number(), container: z.string() });
const natural = z.int().check(z.nonnegative());
/** Of a container, from its root. */
const path = z.string().check(z.startsWith("/"));

export const command = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("identify"), container: z.string(), pid: z.int().check(z.positive()) }),
  z.strictObject({ do: z.literal("list"), container: z.string(), main: z.int().check(z.positive()) }),
  z.strictObject({
    do: z.literal("signal"),
    process: identity,
    signal: z.enum(signals),
  }),
  z.strictObject({ do: z.literal("watch"), process: identity }),
  z.strictObject({ do: z.literal("usage"), process: identity }),
  z.strictObject({ do: z.literal("descriptors"), process: identity }),
  z.strictObject({ do: z.literal("limit-descriptors"), process: identity, soft: natural }),
  z.strictObject({ do: z.literal("memory"), process: identity }),
  z.strictObject({ do: z.literal("exhaust"), process: identity }),
  z.strictObject({ do: z.literal("release"), process: identity, score: z.int() }),
  z.strictObject({ do: z.literal("look-at-disk"), process: identity, path }),
  z.strictObject({ do: z.literal("disk-use"), process: identity, path }),
  z.strictObject({
    do: z.literal("fill"),
    process: identity,
    filling: z.strictObject({ path, mark: z.string(), leaving: z.optional(natural) }),
  }),
  z.strictObject({ do: z.literal("remove"), process: identity, path, mark: z.string() }),
]);
export type Command = z.infer<typeof command>;

/** Null if the process is gone or elsewhere. */
export const identified = z.nullable(identity);

export const listed = z.array(
  z.strictObject({ process: identity, comm: z.string(), state: z.enum(["running", "stopped"]) }),
);

export const signalled = z.strictObject({ sent: z.boolean(), from: z.number(), to: z.number() });

export const seen = z.strictObject({
  state: z.enum(["running", "stopped", "gone"]),
  from: z.number(),
  to: z.number(),
});

/** Each of these is null if the process is gone. */

const done = { from: z.number(), to: z.number() };
export const did = z.nullable(z.strictObject(done));
export const exhausted = z.nullable(z.strictObject({ ...done, outcome: z.enum(["killed", "ended", "survived"]) }));
export const filled = z.nullable(z.strictObject({ ...done, full: z.boolean() }));
export const removed = z.nullable(z.enum(["removed", "none", "not-ours"]));

export const usage = z.nullable(
  z.strictObject({
    cpuLimit: z.number(),
    throttledMs: z.number(),
    memoryLimit: z.number(),
    workingSet: z.number(),
    anonymous: z.number(),
    frozen: z.boolean(),
  }),
);

export const descriptors = z.nullable(z.strictObject({ held: natural, lowestFree: natural, soft: natural }));

export const memory = z.nullable(z.strictObject({ unused: z.number(), score: z.int() }));

export const diskLook = z.nullable(
  z.strictObject({
    there: z.boolean(),
    folder: z.boolean(),
    shared: z.string(),
    inMemory: z.boolean(),
    available: z.number(),
    size: z.number(),
  }),
);

export const diskUse = z.nullable(z.strictObject({ share: z.nullable(z.number()) }));

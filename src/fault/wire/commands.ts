import * as z from "zod/mini";

/** What the wire is asked and what it answers, beyond the envelope of helper-wire.ts. Times are its monotonic clock's, ms. */

const timeoutMs = z.number().check(z.positive());

export const command = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("http"),
    method: z.enum(["GET", "POST", "DELETE"]),
    url: z.string(),
    body: z.optional(z.string()),
    timeoutMs,
  }),
  z.strictObject({
    do: z.literal("greet"),
    host: z.string(),
    port: z.int(),
    /** Base64. */
    hello: z.string(),
    enough: z.int(),
    timeoutMs,
  }),
  z.strictObject({ do: z.literal("look-up"), name: z.string(), timeoutMs }),
  z.strictObject({ do: z.literal("deny-names") }),
  z.strictObject({ do: z.literal("nft"), script: z.string() }),
  z.strictObject({ do: z.literal("table"), name: z.string() }),
  /** Ends when the network is gone. */
  z.strictObject({ do: z.literal("stay") }),
]);
export type Command = z.infer<typeof command>;
export type CommandOf<Do extends Command["do"]> = Extract<Command, { do: Do }>;

const span = { from: z.number(), to: z.number() };

export const answered = z.union([
  z.strictObject({ ...span, status: z.int(), body: z.string() }),
  z.strictObject({ ...span, error: z.string() }),
]);
export type Answered = z.infer<typeof answered>;

export const greeted = z.strictObject({
  ...span,
  came: z.enum(["answer", "silence", "refused", "reset", "closed", "unreachable"]),
  bytes: z.int(),
});
export type GreetedThere = z.infer<typeof greeted>;

export const named = z.strictObject({ ...span, came: z.enum(["address", "no-such-name", "silence", "failure"]) });
export type NamedThere = z.infer<typeof named>;

export const port = z.int();

export const applied = z.strictObject(span);

/** Null: there is no such table. */
export const tableText = z.nullable(z.string());

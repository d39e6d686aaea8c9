import type { z } from "zod";
import { within } from "./bounds.ts";

/** A least and a most that are written with their unit, such as `30MiB` or `80%`. A plan keeps them as they are written. */
export interface WrittenBounds {
  readonly atLeast?: string | undefined;
  readonly atMost?: string | undefined;
}

/** What a text stands for; undefined for one that has been refused already. */
type Read = (text: string) => number | undefined;

const keys = ["atLeast", "atMost"] as const;

const valueIn = (text: string | undefined, read: Read) => (text === undefined ? undefined : read(text));

/** For superRefine: there is a bound, and there are values within them. `what` is `a disk condition`. */
export const fittingWritten =
  (what: string, read: Read) =>
  (it: WrittenBounds, context: z.RefinementCtx): void => {
    if (keys.every((key) => it[key] === undefined))
      context.addIssue({ code: "custom", message: `${what} needs one of: ${keys.join(", ")}` });
    const [least, most] = [valueIn(it.atLeast, read), valueIn(it.atMost, read)];
    if (least !== undefined && most !== undefined && least > most)
      context.addIssue({ code: "custom", path: ["atLeast"], message: "no value is good: atLeast is above atMost" });
  };

/** The same for the exported JSON Schema, as far as it can say it. */
export const someWrittenBound = { anyOf: keys.map((key) => ({ required: [key] })) };

export function withinWritten(it: WrittenBounds, read: Read): (value: number) => boolean {
  const bounds = { atLeast: valueIn(it.atLeast, read), atMost: valueIn(it.atMost, read) };
  return (value) => within(bounds, value);
}

/** `at least 1MiB and at most 30MiB` */
export function writtenBoundsText({ atLeast, atMost }: WrittenBounds): string {
  const parts = [
    atLeast === undefined ? [] : [`at least ${atLeast}`],
    atMost === undefined ? [] : [`at most ${atMost}`],
  ];
  return parts.flat().join(" and ");
}

import type { z } from "zod";

/** Which numbers are good: one, or those from a least to a most. */
export interface Bounds {
  readonly is?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

const names = ["is", "atLeast", "atMost"] as const;

/** The three keys of a condition with bounds; `fitting` checks that they fit each other. */
export const bounds = <T extends z.ZodType>(value: T) => ({
  is: value.optional(),
  atLeast: value.optional(),
  atMost: value.optional(),
});

/** For superRefine: there is a bound, and there are values within them. `what` is `a metric condition`. */
export const fitting = (what: string) => (it: Bounds, context: z.RefinementCtx) => {
  const say = (message: string, path: string[] = []) => context.addIssue({ code: "custom", path, message });
  if (names.every((bound) => it[bound] === undefined)) say(`${what} needs one of: ${names.join(", ")}`);
  if (it.is !== undefined && (it.atLeast !== undefined || it.atMost !== undefined))
    say("`is` stands alone: it says the one good value, so atLeast and atMost add nothing", ["is"]);
  if (it.atLeast !== undefined && it.atMost !== undefined && it.atLeast > it.atMost)
    say("no value is good: atLeast is above atMost", ["atLeast"]);
};

/** The same for the exported JSON Schema, as far as it can say it. */
export const someBound = { anyOf: names.map((bound) => ({ required: [bound] })) };

export const within = (it: Bounds, value: number): boolean =>
  (it.is === undefined || value === it.is) &&
  (it.atLeast === undefined || value >= it.atLeast) &&
  (it.atMost === undefined || value <= it.atMost);

/** `is at least 1 and is at most 3` */
export function boundsText(it: Bounds): string {
  const parts = [
    it.is === undefined ? [] : [`is ${it.is}`],
    it.atLeast === undefined ? [] : [`is at least ${it.atLeast}`],
    it.atMost === undefined ? [] : [`is at most ${it.atMost}`],
  ];
  return parts.flat().join(" and ");
}

const times = (count: number) => (count === 1 ? "once" : `${count} times`);

/** How often something was: `once or more`, `2 times at most`, `never`. */
export function timesText({ is, atLeast, atMost }: Bounds): string {
  if (is === 0 || (atMost !== undefined && atMost <= 0)) return "never";
  if (is !== undefined) return times(is);
  if (atLeast !== undefined && atMost !== undefined) return `${atLeast} to ${times(atMost)}`;
  return atLeast === undefined ? `${times(atMost ?? 0)} at most` : `${times(atLeast)} or more`;
}

import { KnownError, textOf } from "./errors.ts";

/** Waits for all of them, also where one fails: none goes on behind whoever puts things back. Then what failed is thrown. */
export async function allDone(works: Iterable<Promise<unknown>>): Promise<void> {
  const settled = await Promise.allSettled(works);
  throwAll(settled.flatMap((it) => (it.status === "rejected" ? [it.reason] : [])));
}

/** Throws what went wrong: the only error itself, or one that tells all of them. Nothing where there is none. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  if (errors.length === 1) throw errors[0];
  const told = errors.map(textOf);
  throw new KnownError("several-errors", `${errors.length} things went wrong together`, {
    facts: Object.fromEntries(told.map((text, i) => [`${i + 1}`, text])),
    cause: new AggregateError(errors),
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import { hostNow } from "../clock.ts";
import type { Fact } from "../journal.ts";
import { stretched } from "../limit.ts";
import type { Duration } from "../time.ts";
import type { ObserverTools } from "./series.ts";

export interface Pace {
  /** The series that is looked for. */
  readonly id: string;
  readonly observer: Fact<"series">["observer"];
  /** How often, on a machine that is as fast as any. */
  readonly every: Duration;
}

/**
 * Declares a series and gives when each look for it begins: a steady pace, or once the look before it has ended. On a slow machine it
 * is as much slower. Ends with `until`.
 */
export async function* looks(
  { id, observer, every }: Pace,
  { journal, until }: Pick<ObserverTools, "journal" | "until">,
): AsyncGenerator<number, void> {
  const everyMs = stretched(every);
  journal.write({ kind: "series", id, observer, everyMs });
  while (!until.aborted) {
    const from = hostNow();
    yield from;
    await sleep(Math.max(0, from + everyMs - hostNow()), undefined, { signal: until }).catch(() => undefined);
  }
}

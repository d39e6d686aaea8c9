import { setTimeout as sleep } from "node:timers/promises";
import { type HostSpan, hostNow } from "../clock.ts";
import type { Duration } from "../time.ts";
import type { Greeted, Wire } from "./wire/wire.ts";

/** Seeing a fault in what it does to a greeting, beside the same greeting by a way that it does not touch. */

export interface Measure {
  readonly hello: Uint8Array;
  /** What is waited for: the answer's first byte, all of it, or (after our own closing) the other side's. */
  readonly until: "first" | "all" | "closed";
  /** For all of it: so long must it be for the fault to show in it. */
  readonly leastBytes?: number;
  /** How long the disturbed one may take; the other one took `wholeMs`. */
  patienceMs(wholeMs: number): number;
  /** Whether the fault shows in `disturbed`. */
  shows(disturbed: Timed, whole: Timed): boolean;
}

export interface Timed extends Greeted {
  readonly tookMs: number;
}

/** The two ways: the one that the fault is on, and the one around it. */
export interface Ways {
  readonly near: { readonly host: string; readonly port: number };
  readonly far: { readonly host: string; readonly port: number };
}

/** At once, so that one that went astray decides nothing. */
const samples = 3;
const betweenMs = 100;
/** The way around: more than a machine needs that is very busy. */
const wholeLimitMs = 2000;
/** An answer of unknown length is over when nothing comes for so long. */
const restLimitMs = 400;

/**
 * When most of the disturbed greetings showed the fault while the same around it were answered before and after; undefined if that was
 * not seen within the limit.
 */
export async function measured(
  wire: Wire,
  { near, far }: Ways,
  { hello, until, leastBytes = 1, patienceMs, shows }: Measure,
  within: Duration,
): Promise<HostSpan | undefined> {
  const greet = async (to: Ways["near"], enough: number, timeoutMs: number): Promise<Timed> => {
    const greeted = await wire.greet({ ...to, hello, enough, timeoutMs });
    return { ...greeted, tookMs: greeted.when.to - greeted.when.from };
  };
  const answered = (it: Timed) => (until === "closed" ? it.came === "closed" : it.came === "answer");
  const end = hostNow() + within;
  do {
    const enough = until === "closed" ? 0 : until === "first" ? 1 : await answerLength(wire, far, hello);
    const before = await greet(far, enough, wholeLimitMs);
    if (answered(before) && (until !== "all" || enough >= leastBytes)) {
      const patience = Math.max(1, Math.min(patienceMs(before.tookMs), end - hostNow()));
      const disturbed = await Promise.all(Array.from({ length: samples }, () => greet(near, enough, patience)));
      const after = await greet(far, enough, wholeLimitMs);
      const showing = disturbed.filter((it) => shows(it, after));
      if (answered(after) && showing.length > samples / 2)
        return {
          from: Math.min(...showing.map((it) => it.when.from)),
          to: Math.max(...showing.map((it) => it.when.to)),
        };
    }
    await sleep(betweenMs);
  } while (hostNow() < end);
  return undefined;
}

/** How many bytes an answer has. */
export async function answerLength(wire: Wire, far: Ways["far"], hello: Uint8Array): Promise<number> {
  return (await wire.greet({ ...far, hello, enough: Number.MAX_SAFE_INTEGER, timeoutMs: restLimitMs })).bytes;
}

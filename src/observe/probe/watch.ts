import { monotonicNow } from "../../stack/helper-program.ts";
import type { Addresses } from "./addresses.ts";
import { attempt, targetOf } from "./attempt.ts";
import type { Tried } from "./commands.ts";
import { mayBegin, pace } from "./pace.ts";

/** Tries are handed over this often: a line for each would cost more than the try. */
const batchMs = 50;

const ticker = {
  now: monotonicNow,
  after(delayMs: number, call: () => void) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Tries an address at a steady pace until stopped: a late answer does not delay the next try. */
export function watch(
  order: {
    readonly url: string;
    readonly body?: string | undefined;
    readonly everyMs: number;
    readonly timeoutMs: number;
    readonly maxInFlight: number;
  },
  addresses: Addresses,
  tell: (tries: readonly Tried[]) => void,
  until: AbortSignal,
): void {
  const target = targetOf(order.url, order.body);
  let inFlight = 0;
  let lastBegun = Number.NEGATIVE_INFINITY;
  let tries: Tried[] = [];

  function handOver(): void {
    const batch = tries;
    tries = [];
    if (!until.aborted) tell(batch);
  }

  function tick(): void {
    const from = monotonicNow();
    if (!mayBegin(inFlight, from - lastBegun, order)) return;
    inFlight += 1;
    lastBegun = from;
    attempt(target, addresses, order.timeoutMs, (status, note) => {
      inFlight -= 1;
      if (status === 0) addresses.report(target.host, false);
      if (tries.length === 0) setTimeout(handOver, batchMs);
      const to = monotonicNow();
      tries.push(note === undefined ? [micros(from), micros(to), status] : [micros(from), micros(to), status, note]);
    });
  }

  pace(order.everyMs, ticker, tick, until);
}

/** Whole microseconds: the digits beyond are noise and would only lengthen the line. */
const micros = (ms: number): number => Math.round(ms * 1000) / 1000;

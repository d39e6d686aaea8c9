import { monotonicNow } from "../../stack/helper-program.ts";
import type { ProcessState } from "./hand.ts";

/** Looking costs about 20 µs. */
const everyMs = 5;
/** A state that lasts is told again this often, so that it is known to have lasted. */
const tellAgainMs = 1000;

/** Looks again and again; tells the state found first, each change, and each second what lasts: `(last look in the former state, first look in this one]`. */
export function watchState(
  look: () => ProcessState,
  tell: (state: ProcessState, from: number, to: number) => void,
  until: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let former: { readonly state: ProcessState; readonly from: number } | undefined;

  function again(): void {
    try {
      const from = monotonicNow();
      const state = look();
      if (state !== former?.state || from - toldAt >= tellAgainMs) {
        tell(state, former?.from ?? from, monotonicNow());
        toldAt = from;
      }
      former = { state, from };
      if (state === "gone") end();
    } catch (thrown) {
      clearInterval(timer);
      reject(thrown);
    }
  }

  function end(): void {
    clearInterval(timer);
    resolve();
  }

  const timer = setInterval(again, everyMs);
  until.addEventListener("abort", end, { once: true });
  again();
  return promise;
}

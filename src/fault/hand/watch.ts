import { monotonicNow } from "../../stack/helper-program.ts";
import type { ProcessState } from "./hand.ts";

/** Looking costs about 20 µs. */
const everyMs = 5;

/** Looks again and again; tells the state found first and each change: `(last look in the former state, first look in this one]`. */
export function watchState(
  look: () => ProcessState,
  tell: (state: ProcessState, from: number, to: number) => void,
  until: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let former: { readonly state: ProcessState; readonly from: number } | undefined;

  function again(): void {
    try {
      const from = monotonicNow();
      const state = look();
      if (state !== former?.state) tell(state, former?.from ?? from, monotonicNow());
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

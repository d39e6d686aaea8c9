import { expect } from "vitest";
import type { InconclusiveReason } from "../judge/judgement.ts";
import type { Healer } from "../scenario/schema.ts";
import { type Answer, isInconclusive, isProven, neverRecovers, recoversWithin } from "./answers.ts";
import { FinishedScenario } from "./finished-scenario.ts";

/** Matchers for scenarios that were run. What is not known fails, with `not` as without it. */

/** A duration with its unit: `5s`, `250ms`. */
export type DurationText = `${number}${"ms" | "s" | "m" | "h"}`;

interface ScenarioMatchers<R> {
  /**
   * It came back within this time, even at the interval's upper end, by this healer (the one that the scenario names, unless told),
   * with all that the scenario claims besides, and no control that was run says otherwise.
   */
  toRecoverWithin(within: DurationText, by?: { readonly healedBy?: Healer }): R;
  /** All that the scenario claims was shown, and each of its controls was run and came out as it must. */
  toBeProven(): R;
  /** The fault bit, and it was watched to the end of its patience without coming back. */
  toNeverRecover(): R;
  /** Nothing was shown; for this reason, if one is given. */
  toBeInconclusive(reason?: InconclusiveReason): R;
}

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends ScenarioMatchers<R> {}
}

expect.extend({
  toRecoverWithin(received: unknown, within: DurationText, by: { readonly healedBy?: Healer } = {}) {
    return verdict(this, received, (it) => recoversWithin(it, within, by.healedBy));
  },
  toBeProven(received: unknown) {
    return verdict(this, received, isProven);
  },
  toNeverRecover(received: unknown) {
    return verdict(this, received, neverRecovers);
  },
  toBeInconclusive(received: unknown, reason?: InconclusiveReason) {
    return verdict(this, received, (it) => isInconclusive(it, reason));
  },
});

function verdict({ isNot }: { readonly isNot: boolean }, received: unknown, ask: (of: FinishedScenario) => Answer) {
  if (!(received instanceof FinishedScenario))
    throw new TypeError(
      received instanceof Promise
        ? "wanted a scenario that was run; got a promise of it: await run(scenario) first"
        : "wanted a scenario that was run: what run(scenario) resolves to",
    );
  const { asked, outcome, why } = ask(received);
  const wanted = `expected the scenario ${received.judgement.scenario} ${isNot ? "not " : ""}${asked}`;
  const reason = outcome === "inconclusive" ? ": nobody knows" : why === undefined ? "" : `: ${why}`;
  return {
    pass: outcome === "inconclusive" ? isNot : outcome === "proven",
    message: () => `${wanted}${reason}${outcome === "inconclusive" && why ? `; ${why}` : ""}\n\n${received.explain()}`,
  };
}

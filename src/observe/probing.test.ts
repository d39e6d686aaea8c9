import { afterEach, beforeEach, expect, test } from "vitest";
import { stretchLimits } from "../limit.ts";
import { type Duration, ms } from "../time.ts";
import type { Probe } from "./probe/probe.ts";
import { observeProbe } from "./probing.ts";
import { Observed } from "./testing/tools.ts";

let observed: Observed;
beforeEach(() => {
  observed = new Observed();
});
afterEach(() => observed[Symbol.dispose]());

/** How often each address is tried, and how long a try may take; and what the journal says of that. */
function paceOf(
  addresses = 1,
  every: Duration = ms(10),
): {
  asked: { everyMs: number; timeoutMs: number } | undefined;
  told: number | undefined;
} {
  let asked: { everyMs: number; timeoutMs: number } | undefined;
  const probe: Probe = {
    clock: { sameKernel: true, offsetMs: 0, uncertaintyMs: 0, method: "" },
    watch: (_url, { everyMs, timeoutMs }) => {
      asked = { everyMs, timeoutMs };
    },
    fetch: () => Promise.reject(new Error("not reached")),
    lost: new Promise(() => undefined),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const watched = Array.from({ length: addresses }, (_, i) => ({
    id: `app ${i}`,
    url: `http://app:${8080 + i}/`,
    every,
  }));
  observeProbe(probe, watched, observed.tools);
  return { asked, told: observed.journal.records.findLast((it) => it.kind === "series")?.everyMs };
}

test("an address is tried as often as is wanted; on a slower machine so much less often, and each try may take longer", () => {
  expect(paceOf()).toEqual({ asked: { everyMs: 10, timeoutMs: 1000 }, told: 10 });
  using _ = stretchLimits(13.4);
  expect(paceOf()).toEqual({ asked: { everyMs: 134, timeoutMs: 13_400 }, told: 134 });
});

test("on a slower machine several addresses share what it can carry; elsewhere each is tried as often as one", () => {
  expect(paceOf(7).asked?.everyMs).toBe(10);
  using _ = stretchLimits(10);
  expect(paceOf(7)).toEqual({ asked: { everyMs: 700, timeoutMs: 10_000 }, told: 700 });
  expect(paceOf(2, ms(50)).asked?.everyMs).toBe(500);
});

import { expect, test } from "vitest";
import { actOf, planOf, probeOfApp, upOfApp, watchdogCounter } from "../judge/testing/journal-builder.ts";
import type { Corroboration } from "../scenario/conditions.ts";
import { ms } from "../time.ts";
import { seriesWanted } from "./observe.ts";

const counts = (counter: string): Corroboration => ({ counter, increases: true, within: ms(1000) });

test("every act's signals and counters and those of the steady state are looked at, each once", () => {
  const acts = [
    actOf({ recovery: { when: [upOfApp, probeOfApp], corroboratedBy: [counts(watchdogCounter)] } }),
    actOf({
      id: "afterwards",
      recovery: { when: [probeOfApp, { probe: "tcp://redis:6379" }], corroboratedBy: [counts("other_total")] },
    }),
  ];
  const conditions = [upOfApp, { probe: "http://watchdog:9090/healthz" }, { metric: "tapo_up", is: 1 }];
  expect(seriesWanted(planOf(acts, { steady: { for: ms(1), within: ms(1), conditions } }))).toEqual({
    urls: ["http://watchdog:9090/healthz", "http://app:8080/readyz", "tcp://redis:6379"],
    metrics: [
      { selector: 'up{job="app"}', sum: false },
      { selector: "tapo_up", sum: false },
      { selector: watchdogCounter, sum: true },
      { selector: "other_total", sum: true },
    ],
  });
});

test("one probe with two wanted answers is one series", () => {
  const when = [probeOfApp, { ...probeOfApp, status: 503 }];
  expect(seriesWanted(planOf([actOf({ recovery: { when, corroboratedBy: [] } })])).urls).toEqual([
    "http://app:8080/readyz",
  ]);
});

test("a selector that is a counter too counts as a sum", () => {
  const recovery = { when: [{ metric: watchdogCounter, atLeast: 1 }], corroboratedBy: [counts(watchdogCounter)] };
  expect(seriesWanted(planOf([actOf({ recovery })])).metrics).toEqual([{ selector: watchdogCounter, sum: true }]);
});

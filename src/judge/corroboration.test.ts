import { expect, test } from "vitest";
import { moment, ms } from "../time.ts";
import { corroborate } from "./corroboration.ts";
import { historyOf } from "./history.ts";
import { actOf, apiRestart, series, tell, watchdogCounter } from "./testing/journal-builder.ts";

const act = actOf({ recovery: { corroboratedBy: [{ counter: watchdogCounter, increases: true, within: ms(5000) }] } });
const counter = series(
  watchdogCounter,
  "prometheus",
  1000,
  [6300, 7300, 8300, 9300, 10_300, 11_300, 12_300].map((at) => [at, at + 5, 1]),
);
const agreesIn = (keep: (id: string, from: number) => boolean) => {
  const journal = tell({ act, until: 16_000, and: [...apiRestart(), ...counter], keep });
  return corroborate(journal, historyOf(journal, act), moment(6190, 6202)).judgements[0]?.agrees;
};

test("a counter that first appears after the fault counts from 0 while Prometheus was answering before it", () => {
  expect(agreesIn(() => true)).toBe("yes");
});

test("a counter that first appears after the fault may be old where Prometheus was silent before it", () => {
  expect(agreesIn((id, from) => !id.startsWith("up") || from > 5000)).toBe("unknown");
  expect(agreesIn((id, from) => !id.startsWith("up") || from < 1500)).toBe("unknown");
});

test("only a counter that agrees makes its healer's claim", () => {
  const silent = tell({ act, until: 16_000, and: apiRestart() });
  expect(corroborate(silent, historyOf(silent, act), moment(6190, 6202))).toMatchObject({
    judgements: [{ agrees: "unknown" }],
    claims: [],
  });
});

import { expect, test } from "vitest";
import { ms } from "../time.ts";
import { actOf, policyRestart, sampled, tell } from "./testing/journal-builder.ts";
import { judgeTrial } from "./trial.ts";

const counter = 'errors_total{job="app"}';
const increases = { counter, increases: true } as const;

/** What is said of a counter that may never increase, and must within 4 s, where it is scraped each second from `from` on. */
function said(valueAt: (at: number) => number, from = 300) {
  const act = actOf({ never: [increases], during: [{ condition: increases, within: ms(4000) }] });
  const scraped = sampled(counter, "prometheus", { every: 1000, takes: 5, from, to: 12_300 }, valueAt);
  const [main] = judgeTrial(tell({ act, and: [...policyRestart(), ...scraped] })).acts;
  return Object.fromEntries((main?.checks ?? []).map((it) => [it.kind, it.agrees]));
}

test.each([
  ["stands still", (): number => 7, { never: "yes", during: "no" }],
  ["rises after the fault", (at: number) => (at > 6000 ? 8 : 7), { never: "no", during: "yes" }],
  ["rises late", (at: number) => (at > 11_000 ? 8 : 7), { never: "no", during: "no" }],
  ["rose before the fault", (at: number) => (at > 3000 ? 8 : 7), { never: "yes", during: "no" }],
  ["begins again at 0 with its program", (at: number) => (at > 5500 ? 0 : 7), { never: "yes", during: "no" }],
  ["rises after it began again", (at: number) => (at > 8000 ? 1 : at > 5500 ? 0 : 7), { never: "no", during: "yes" }],
])("a counter that %s", (_, valueAt, expected) => {
  expect(said(valueAt)).toEqual(expected);
});

test("a counter that was not seen before the fault says nothing: what it counts may be old", () => {
  expect(said(() => 3, 5300)).toEqual({ never: "unknown", during: "unknown" });
});

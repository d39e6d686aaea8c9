import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instant } from "../time.ts";
import { coarsened, spansOf, stepsOf, thinned } from "./spans.ts";

const tries = (...items: [from: number, to: number, value: number][]) =>
  items.map(([from, to, value]) => ({ from: instant(from), to: instant(to), value }));
const up = ({ value }: { value: number }) => value === 1;
const brief = (...items: Parameters<typeof tries>) =>
  spansOf(tries(...items), 10, up).map((it) => `${it.state} ${it.from}-${it.to} ${it.samples}`);

describe("spans of a series", () => {
  test("neighbours that look alike are one span", () => {
    expect(brief([0, 1, 1], [10, 11, 1], [20, 22, 1])).toEqual(["good 0-22 3"]);
  });

  test("where it changed is only known to lie between two samples", () => {
    expect(brief([0, 1, 1], [10, 11, 0])).toEqual(["good 0-1 1", "between 1-10 0", "bad 10-11 1"]);
  });

  test("a time without samples is a gap, also between two that look alike", () => {
    expect(brief([0, 1, 1], [100, 101, 1])).toEqual(["good 0-1 1", "gap 1-100 0", "good 100-101 1"]);
  });

  test("up to three samples may be missing before it is a gap", () => {
    expect(brief([0, 0, 1], [30, 30, 1])).toEqual(["good 0-30 2"]);
    expect(brief([0, 0, 1], [31, 31, 1])).toHaveLength(3);
  });

  test("a try that waits for its answer leaves no gap, and the first good one after it began ends the bad span", () => {
    expect(brief([0, 1000, 0], [10, 1010, 0], [500, 502, 1])).toEqual(["bad 0-500 2", "good 500-502 1"]);
  });

  test("nothing is drawn twice, nothing is lost: spans follow one another", () => {
    const item = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 200 }), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), (items) => {
        const sorted = items.map(([from, took, value]) => [from, from + took, value] as [number, number, number]);
        sorted.sort((a, b) => a[0] - b[0]);
        const spans = spansOf(tries(...sorted), 10, up);
        spans.forEach((it, index) => {
          expect(it.to).toBeGreaterThanOrEqual(it.from);
          const next = spans[index + 1];
          if (next) expect(next.from).toBe(it.to);
        });
        expect(spans.reduce((sum, it) => sum + it.samples, 0)).toBe(items.length);
      }),
    );
  });
});

test("spans too short to be seen are joined, and what holds any bad is bad", () => {
  const flapping = tries(...Array.from({ length: 1000 }, (_, at): [number, number, number] => [at, at, at % 2]));
  const spans = coarsened(spansOf(flapping, 1, up), 100);
  expect(spans.length).toBeLessThanOrEqual(11);
  expect(spans.every((it) => it.state === "bad")).toBe(true);
  expect(spans.reduce((sum, it) => sum + it.samples, 0)).toBe(1000);
});

test("a counter's rises and resets are told where they were first seen", () => {
  expect(stepsOf(tries([0, 1, 0], [10, 11, 0], [20, 21, 2], [30, 31, 1]))).toEqual([
    { at: 20, by: 2, to: 2 },
    { at: 30, by: -1, to: 1 },
  ]);
});

test("of many marks those that can be told apart are drawn, from the first to the last, of each kind", () => {
  const marks = Array.from({ length: 1000 }, (_, at) => ({ at: instant(at), kind: at % 2 === 0 ? "die" : "start" }));
  const drawn = thinned(marks, 50, (it) => it);
  expect(drawn.length).toBeLessThanOrEqual(40);
  expect(drawn.at(-1)?.at).toBeGreaterThan(900);
  expect(new Set(drawn.map((it) => it.kind)).size).toBe(2);
  expect(thinned(marks.slice(0, 60), 50, (it) => it)).toHaveLength(60);
});

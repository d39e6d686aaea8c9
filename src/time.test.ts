import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duration, elapsed, formatDuration, formatInterval, moment, ms, parseDuration } from "./time.ts";

test.each([
  ["250ms", 250],
  ["5s", 5000],
  ["1.5s", 1500],
  ["2m", 120_000],
  ["1h", 3_600_000],
  ["5", undefined],
  ["5 s", undefined],
  ["-5s", undefined],
  ["", undefined],
])("%o is a duration of %o ms", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
  expect(duration.safeParse(text).success).toBe(expected !== undefined);
});

describe("durations for people", () => {
  test.each([
    [0, "0 ms"],
    [250, "250 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [4130, "4.13 s"],
    [9994, "9.99 s"],
    [9996, "10.0 s"],
    [15_040, "15.0 s"],
    [99_960, "1 min 40 s"],
    [125_000, "2 min 5 s"],
  ])("%o ms is %o", (value, expected) => {
    expect(formatDuration(ms(value))).toBe(expected);
  });

  test("at most three significant figures below a minute and a half, always with a unit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 99_000, noNaN: true }), (value) => {
        const text = formatDuration(ms(value));
        expect(text).toMatch(/^\d+(\.\d+)? (ms|s)$/);
        expect(text.replace(/\D/g, "").replace(/^0+/, "").length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe("intervals for people", () => {
  test.each([
    [920, 1310, "0.92 to 1.31 s"],
    [4100, 4310, "4.10 to 4.31 s"],
    [12, 250, "12 to 250 ms"],
    [990, 999.6, "0.99 to 1.00 s"],
    [9000, 9999, "9.0 to 10.0 s"],
    [4999, 5001, "4.99 to 5.01 s"],
  ])("%o to %o ms is %o", (atLeast, atMost, expected) => {
    expect(formatInterval({ atLeast: ms(atLeast), atMost: ms(atMost) })).toBe(expected);
  });

  test("are rounded outwards: what is printed contains what was measured", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 60_000, noNaN: true }),
        fc.double({ min: 0, max: 60_000, noNaN: true }),
        (a, b) => {
          const [atLeast, atMost] = [ms(Math.min(a, b)), ms(Math.max(a, b))];
          const [, low, high, unit] = /^(\S+) to (\S+) (ms|s)$/.exec(formatInterval({ atLeast, atMost })) ?? [];
          const scale = unit === "s" ? 1000 : 1;
          expect(Number(low) * scale).toBeLessThanOrEqual(atLeast + 1e-6);
          expect(Number(high) * scale).toBeGreaterThanOrEqual(atMost - 1e-6);
        },
      ),
    );
  });
});

describe("what has elapsed between two moments", () => {
  test("is at least the gap between them and at most from the first's start to the second's end", () => {
    expect(elapsed(moment(10, 12), moment(20, 25))).toEqual({ atLeast: 8, atMost: 15 });
  });

  test("is never negative, and contains the true time, wherever it lies in both", () => {
    const span = fc.tuple(fc.nat(1000), fc.nat(1000)).map(([a, b]) => moment(Math.min(a, b), Math.max(a, b)));
    fc.assert(
      fc.property(
        span,
        span,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, x, y) => {
          const { atLeast, atMost } = elapsed(a, b);
          const truth = Math.max(
            0,
            b.earliest + y * (b.latest - b.earliest) - (a.earliest + x * (a.latest - a.earliest)),
          );
          expect(atLeast).toBeGreaterThanOrEqual(0);
          expect(truth).toBeGreaterThanOrEqual(atLeast - 1e-9);
          expect(truth).toBeLessThanOrEqual(atMost + 1e-9);
        },
      ),
    );
  });
});

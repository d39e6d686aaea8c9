import { expect, test } from "vitest";
import { mapClock, toHost } from "./helper-clock.ts";

test("one kernel has one clock: nothing is added", () => {
  const map = mapClock([{ sent: 100, other: 101, answered: 103 }], true, 5000);
  expect(map).toMatchObject({ sameKernel: true, offsetMs: 0, uncertaintyMs: 0 });
  expect(toHost(map, 7, 9)).toEqual({ from: 7, to: 9 });
});

test("equal boots whose clocks disagree are mapped like strangers", () => {
  expect(mapClock([{ sent: 100, other: 50, answered: 103 }], true, 0).sameKernel).toBe(false);
});

test("another kernel's clock is read in the middle of the shortest exchange, and each span is wider by half of that", () => {
  const map = mapClock(
    [
      { sent: 1000, other: 5009, answered: 1010 },
      { sent: 1020, other: 5021.5, answered: 1022 },
      { sent: 1030, other: 5033, answered: 1040 },
    ],
    false,
    0,
  );
  expect(map).toMatchObject({ sameKernel: false, offsetMs: -4000.5, uncertaintyMs: 1 });
  expect(map.method).toContain("2.00 ms");
  expect(toHost(map, 5100, 5110)).toEqual({ from: 1098.5, to: 1110.5 });
});

test("the longer a map is used, the less certain it is: two machines' clocks drift apart", () => {
  const exchange = { sent: 0, other: 500, answered: 2 };
  expect(mapClock([exchange], false, 5000).uncertaintyMs).toBeCloseTo(1.5);
});

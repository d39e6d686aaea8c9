import { expect, test } from "vitest";
import { instant, ms } from "../time.ts";
import { gapIn, largestGap } from "./gaps.ts";
import type { Series } from "./series.ts";

const probe = (...spans: [from: number, to: number][]): Series => ({
  id: "p",
  observer: "probe",
  every: ms(10),
  ticks: spans.map(([from, to], seq) => ({ from: instant(from), to: instant(to), value: 1, seq })),
});
const gap = (series: Series, from = 1000, to = 9000) => gapIn(series, instant(from), instant(to));
const paced = (from: number, to: number, every = 500): [number, number][] =>
  Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => [
    from + index * every,
    from + index * every + 5,
  ]);

test("a second without an exchange is tolerable; more is a gap, named by its ends and its lines", () => {
  expect(gap(probe(...paced(0, 9000, 1000)))).toBeUndefined();
  expect(gap(probe(...paced(0, 4000), ...paced(5100, 9000)))).toEqual({ from: 4005, to: 5100, seqs: [8, 9] });
});

test("three samples that were due are tolerable where they are due more rarely", () => {
  const slow: Series = { ...probe(...paced(0, 3000), ...paced(5900, 9000)), every: ms(1000) };
  expect(gap(slow)).toBeUndefined();
});

test("a running total may be silent for five seconds, if it tells afterwards what came meanwhile", () => {
  const total = (...spans: [number, number][]): Series => ({ ...probe(...spans), cumulative: true });
  expect(gap(total(...paced(0, 3000), ...paced(7900, 9000)))).toBeUndefined();
  expect(gap(total(...paced(0, 3000), ...paced(8100, 9000)))).toBeDefined();
  expect(gap(total(...paced(0, 7500)))).toBeDefined();
});

test("a gap within a time that is excused is none; one that reaches out of it for longer than is tolerable is", () => {
  const away = (from: number, to: number) => [{ earliest: instant(from), latest: instant(to) }];
  const silent = probe(...paced(0, 3000), ...paced(7000, 9000));
  const excusing = (from: number, to: number) => gapIn(silent, instant(1000), instant(9000), away(from, to));
  expect(excusing(2500, 6500)).toBeUndefined();
  expect(excusing(2500, 5500)).toMatchObject({ from: 3005, to: 7000 });
  expect(excusing(3500, 7500)).toBeUndefined();
  expect(excusing(4100, 7500)).toMatchObject({ from: 3005, to: 7000 });
  expect(excusing(3500, 6400)).toMatchObject({ from: 3005, to: 7000 });
});

test("an exchange that takes long covers the time it takes", () => {
  expect(gap(probe(...paced(0, 4000), [4400, 6500], ...paced(7000, 9000)))).toBeUndefined();
  expect(gap(probe(...paced(0, 4000), [4300, 6500], [4400, 4405], ...paced(7000, 9000)))).toBeUndefined();
});

test("a silence that began before the window counts in full", () => {
  expect(gap(probe([200, 205], ...paced(1500, 9000)))).toBeDefined();
  expect(gap(probe(...paced(1500, 9000)))).toBeUndefined();
});

test("a silence that goes on after the window counts only up to its end", () => {
  expect(gap(probe(...paced(0, 8200), [20_000, 20_005]))).toBeUndefined();
  expect(gap(probe(...paced(0, 7900), [20_000, 20_005]))).toBeDefined();
  expect(gap(probe(...paced(0, 7900)))).toBeDefined();
});

test("no samples at all are a gap", () => {
  expect(gap(probe())).toEqual({ from: 1000, to: 9000, seqs: [] });
});

test("the largest distance between neighbours is that inside the window, and names its lines and those of the window's ends", () => {
  expect(
    largestGap(probe(...paced(0, 4000), ...paced(4700, 9000), [30_000, 30_001]), instant(1000), instant(9000)),
  ).toEqual({
    samples: 16,
    gap: 700,
    seqs: [2, 8, 9, 17],
  });
});

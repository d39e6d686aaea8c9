import { expect, test } from "vitest";
import { seeded } from "./random.ts";

const take = (seed: number, count: number) => {
  const next = seeded(seed);
  return Array.from({ length: count }, next);
};

test("the same seed gives the same numbers, another seed others", () => {
  expect(take(7, 20)).toEqual(take(7, 20));
  expect(take(7, 20)).not.toEqual(take(8, 20));
});

test("a seed gives the numbers that it gave when old runs were recorded", () => {
  expect(take(1, 3)).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

test.each([0, 1, 2 ** 31 - 1])("the numbers of seed %i fill [0, 1) evenly", (seed) => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const it of take(seed, 10_000)) {
    expect(it).toBeGreaterThanOrEqual(0);
    expect(it).toBeLessThan(1);
    const tenth = Math.floor(it * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

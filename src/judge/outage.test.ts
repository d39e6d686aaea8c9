import { expect, test } from "vitest";
import { instant } from "../time.ts";
import { seenOutages, toOutage } from "./outage.ts";
import type { Tick } from "./series.ts";

const good = 1;
const bad = 0;
const outagesOf = (...tries: readonly (readonly [from: number, to: number, value: number])[]) => {
  const ticks = tries.map(([from, to, value], seq): Tick => ({ from: instant(from), to: instant(to), value, seq }));
  return seenOutages(ticks, ({ value }) => value === good).map((it) => toOutage(it, "s"));
};

test("a good try that was under way when the first bad one began does not say that the outage began after it", () => {
  // Down from 501 to 541: the try of 520 was answered at 541.
  const [only] = outagesOf([480, 480, good], [500, 500, good], [520, 541, good], [540, 540, bad], [560, 560, good]);
  expect(only?.began).toEqual({ earliest: 500, latest: 540 });
});

test("a good try that began before the bad one had ended does not say that the outage was over", () => {
  // Down from 503 to 541: the try of 498 saw it at 503, the one of 500 was answered before.
  const [only] = outagesOf([250, 250, good], [498, 503, bad], [500, 500, good], [750, 750, good]);
  expect(only?.ended).toEqual({ earliest: 498, latest: 750 });
});

test("a straggler that began before the recovery and failed long after it changes nothing", () => {
  const [only, ...others] = outagesOf([0, 1, good], [10, 11, bad], [20, 1020, bad], [30, 31, good], [40, 41, good]);
  expect(others).toEqual([]);
  expect(only?.ended).toEqual({ earliest: 20, latest: 31 });
});

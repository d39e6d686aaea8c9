import { describe, expect, test } from "vitest";
import { instant, moment, ms } from "../time.ts";
import { firstIncrease, judgeCounter } from "./counter.ts";
import type { Series, Tick } from "./series.ts";

const origin = moment(5000, 5001);
const tick = (at: number, value: number, seq = at): Tick => ({ from: instant(at), to: instant(at + 5), value, seq });
const seriesOf = (...ticks: Tick[]): Series => ({ id: "c", observer: "prometheus", every: ms(1000), ticks });
const judge = (series: Series, within = 4000, absentBefore = false) =>
  judgeCounter(
    series,
    { counter: "c", increases: true, within: ms(within) },
    { origin, recoveredAt: moment(6000, 6500), now: instant(30_000), absentBefore },
  );

describe("an increase since the last sample before the origin", () => {
  test.each([
    ["a rise", [tick(4500, 3), tick(5500, 3), tick(6500, 4)], 6505],
    ["none", [tick(4500, 3), tick(5500, 3), tick(6500, 3)], undefined],
    ["one before the origin is not one after it", [tick(3500, 3), tick(4500, 4), tick(5500, 4)], undefined],
    ["a reset to 0 is none", [tick(4500, 3), tick(5500, 0), tick(6500, 0)], undefined],
    ["a reset to 0 and a rise", [tick(4500, 3), tick(5500, 0), tick(6500, 1)], 6505],
    ["a reset, and what it shows then is new", [tick(4500, 3), tick(5500, 1)], 5505],
    ["a first appearance may be old", [tick(5500, 2), tick(6500, 2)], undefined],
    ["a rise after a first appearance", [tick(5500, 2), tick(6500, 3)], 6505],
  ])("%s", (_, ticks, at) => {
    expect(firstIncrease(ticks, origin, false)?.tick.to).toBe(at);
  });

  test("a first appearance counts from 0 where the series was seen to be absent before", () => {
    expect(firstIncrease([tick(5500, 2)], origin, true)?.tick.to).toBe(5505);
    expect(firstIncrease([tick(5500, 0), tick(6500, 0)], origin, true)).toBeUndefined();
  });
});

describe("a counter's word", () => {
  const steady = [4500, 5500, 6500, 7500, 8500, 9500, 10_500];
  const risingAt = (at: number) => seriesOf(...steady.map((it) => tick(it, it >= at ? 1 : 0)));
  test.each([
    ["yes if it rose in time", risingAt(8500), "yes"],
    ["no if it was seen not to have risen when its time was over", risingAt(99_999), "no"],
    ["unknown if the end of its time lies between two samples", seriesOf(tick(9500, 0), ...[]), "unknown"],
    ["unknown if it has no samples", seriesOf(), "unknown"],
    ["unknown if they stop before its time is over", seriesOf(tick(4500, 0), tick(5500, 0), tick(6500, 0)), "unknown"],
    [
      "unknown if they are missing in the middle",
      seriesOf(tick(4500, 0), tick(5500, 0), tick(10_200, 0), tick(11_000, 0)),
      "unknown",
    ],
    [
      "unknown if it was silent before the fault: it may have risen then",
      seriesOf(tick(500, 0), tick(5500, 1), tick(6500, 1)),
      "unknown",
    ],
    [
      "yes if it was silent only after the fault, as where Prometheus itself was broken",
      seriesOf(tick(3500, 0), tick(4500, 0), tick(10_000, 1), tick(11_000, 1)),
      "yes",
    ],
  ])("%s", (_, series, agrees) => {
    expect(judge(series).agrees).toBe(agrees);
  });

  test("unknown if it rose between the last sample in time and the first after", () => {
    expect(
      judge(seriesOf(...[4500, 5500, 6500, 7500, 8500, 9800].map((it) => tick(it, 0)), tick(10_800, 1))).agrees,
    ).toBe("unknown");
  });

  test("no if it rose later", () => {
    expect(judge(seriesOf(...[...steady, 11_500].map((it) => tick(it, 0)), tick(12_500, 1))).agrees).toBe("no");
  });
});

import { describe, expect, test } from "vitest";
import { instant, moment, ms } from "../time.ts";
import { type SeenOutage, seenOutages, toOutage } from "./outage.ts";
import { countsFor, recoveryOf, type Signal } from "./recovery.ts";
import type { Series, Tick } from "./series.ts";

/** `1000 good, 2000 bad, …` as "+.": one sample each `every` ms from 0 on, each taking 10 ms. */
function signal(text: string, every = 100): Signal {
  const ticks = [...text].map(
    (it, index): Tick => ({
      from: instant(index * every),
      to: instant(index * every + 10),
      value: it === "+" ? 1 : 0,
      seq: index,
    }),
  );
  const series: Series = { id: "s", observer: "probe", every: ms(every), ticks };
  return { series, outages: seenOutages(ticks, ({ value }) => value === 1) };
}

test("an outage began in (start of last good, end of first bad] and ended in (start of last bad, end of first good]", () => {
  const [outage] = signal("++...++").outages.map((it) => toOutage(it, "s"));
  expect(outage).toMatchObject({
    began: moment(100, 210),
    ended: moment(400, 510),
    evidence: { seqs: [1, 2, 4, 5] },
  });
});

test("an outage that lasts has no end; one that was there from the first sample began after the trial did", () => {
  expect(signal("++..").outages.map((it) => toOutage(it, "s"))[0]).not.toHaveProperty("ended");
  expect(signal("..++").outages.map((it) => toOutage(it, "s"))[0]?.began).toEqual(moment(0, 10));
});

describe("the recovery of conditions together", () => {
  const of = (stableFor: number, ...texts: string[]) =>
    recoveryOf(
      texts.map((it) => signal(it)),
      ms(stableFor),
    );
  test.each([
    ["one condition", of(300, "+..++++++"), moment(200, 310)],
    ["the last of two counts", of(300, "+..+++++++++", "+....+++++++"), moment(400, 510)],
    ["one that never looked bad gives no bound", of(300, "+++++++++", "+..++++++"), moment(200, 310)],
    ["a good spell that is too short does not count", of(300, "+..++..+++++++"), moment(600, 710)],
    ["one that goes bad later moves the search on", of(300, "+..++++++++++", "+++++..++++++"), moment(600, 710)],
    ["one that goes bad after the window does not", of(300, "+..+++++++++..", "++++++++++++++"), moment(200, 310)],
    ["whichever of the two is listed first", of(300, "+++++++++++.++++", "+..+++++++++++++"), moment(200, 310)],
  ])("%s", (_, found, at) => {
    expect(found).toMatchObject({ state: "recovered", at });
  });

  test.each([
    ["nothing was bad", of(300, "++++++"), "no-outage"],
    ["one is bad at the end", of(300, "+..++++++", "+........"), "down"],
    ["good, but not for long enough yet", of(300, "+..+++"), "holding"],
    ["one condition's samples have ended", of(300, "+..++++++", "+..++"), "holding"],
  ])("none if %s", (_, found, state) => {
    expect(found.state).toBe(state);
  });
});

describe("an outage can be the fault's", () => {
  const tick = (from: number, to: number): Tick => ({ from: instant(from), to: instant(to), value: 0, seq: 0 });
  const outage = (bad: [number, number], good?: [number, number]): SeenOutage => ({
    firstBad: tick(...bad),
    lastBad: tick(...bad),
    ...(good ? { firstGood: tick(...good) } : {}),
  });
  const act = { origin: moment(1000, 1002), bitten: moment(1005, 1010), inProgress: false };
  test.each([
    ["seen after the injection", outage([1003, 1004], [1100, 1101]), act, true],
    ["still lasting", outage([1003, 1004]), act, true],
    ["seen by an exchange that spans the injection", outage([990, 1020], [1100, 1101]), act, true],
    ["over before the injection", outage([900, 910], [920, 930]), act, false],
    [
      "last seen before the injection, and good at the first look after it",
      outage([900, 910], [1020, 1021]),
      act,
      false,
    ],
    [
      "the same, where the act begins in the middle of it",
      outage([900, 910], [1020, 1021]),
      { ...act, bitten: undefined, inProgress: true },
      true,
    ],
    ["ended by a good sample that started before the injection", outage([990, 1020], [995, 1030]), act, false],
    ["ended before the bite", outage([1001, 1002], [1003, 1004]), act, false],
  ])("%s: %#", (_, seen, on, counts) => {
    expect(countsFor(seen, on)).toBe(counts);
  });
});

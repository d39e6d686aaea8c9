import { expect, test } from "vitest";
import { moment, ms } from "../time.ts";
import { corroborate } from "./corroboration.ts";
import { historyOf } from "./history.ts";
import { actOf, type Item, series, tell, watchdogCounter } from "./testing/journal-builder.ts";

const act = actOf({ recovery: { corroboratedBy: [{ counter: watchdogCounter, keeps: true, within: ms(5000) }] } });

/** The counter's samples; the fault is at 5 s, the recovery by 6.202 s. */
function judged(...samples: readonly (readonly [at: number, value: number])[]) {
  const counter = series(
    watchdogCounter,
    "prometheus",
    1000,
    samples.map(([at, value]): Item => [at, at + 5, value]),
  );
  const journal = tell({ act, until: 15_000, and: counter });
  const { judgements, claims } = corroborate(journal, historyOf(journal, act), moment(6190, 6202));
  return { ...judgements[0], claims };
}

test.each([
  ["what it was", 2],
  ["more, as somebody healed meanwhile", 3],
])("a counter that comes back with %s was kept, and is no claim of having healed", (_, after) => {
  const found = judged([4300, 2], [6300, after]);
  expect(found).toMatchObject({ agrees: "yes", claims: [], condition: `${watchdogCounter} is kept` });
  expect(found.evidence?.text).toBe(`${watchdogCounter} stood at 2 before the fault, and at ${after} at 6.305 s`);
});

test("a counter that comes back with less was not, however it grows later", () => {
  const found = judged([4300, 2], [6300, 0], [7300, 5]);
  expect(found.agrees).toBe("no");
  expect(found.evidence?.text).toBe(
    `${watchdogCounter} stood at 2 before the fault, and at 0 at 6.305 s: it was not kept`,
  );
});

test("what was seen before the recovery is not of the life after it", () => {
  expect(judged([4300, 2], [5900, 2], [6300, 0]).agrees).toBe("no");
  expect(judged([4300, 2], [5900, 0], [6300, 2]).agrees).toBe("yes");
});

test.each([
  [
    "that stood at 0 before the fault",
    [
      [4300, 0],
      [6300, 0],
    ],
    "there was nothing to keep",
  ],
  ["that was not seen before the fault", [[6300, 2]], "there was nothing to keep"],
  [
    "whose last sample is of the fault itself",
    [
      [4998, 2],
      [6300, 2],
    ],
    "there was nothing to keep",
  ],
  [
    "that was not seen again in time",
    [
      [4300, 2],
      [11_300, 2],
    ],
    "was not seen again",
  ],
] as const)("of one %s nobody knows", (_, samples, why) => {
  const found = judged(...samples);
  expect(found.agrees).toBe("unknown");
  expect(found.evidence?.text).toContain(why);
});

test("it may still come while its time is not over, and no longer", () => {
  const open = tell({
    act,
    until: 8000,
    and: series(watchdogCounter, "prometheus", 1000, [[4300, 4305, 2]]),
    end: "none",
  });
  const at = (journal: typeof open) => corroborate(journal, historyOf(journal, act), moment(6190, 6202)).judgements[0];
  expect(at(open.filter((it) => it.at < 8000))?.pending).toBe(true);
  expect(judged([4300, 2]).pending).toBe(false);
});

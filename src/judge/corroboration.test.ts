import { describe, expect, test } from "vitest";
import { seriesOf } from "../scenario/conditions.ts";
import { moment, ms } from "../time.ts";
import { corroborate } from "./corroboration.ts";
import { historyOf } from "./history.ts";
import { actOf, apiRestart, series, tell, watchdogCounter } from "./testing/journal-builder.ts";

const act = actOf({ recovery: { corroboratedBy: [{ counter: watchdogCounter, increases: true, within: ms(5000) }] } });
const counter = series(
  watchdogCounter,
  "prometheus",
  1000,
  [6300, 7300, 8300, 9300, 10_300, 11_300, 12_300].map((at) => [at, at + 5, 1]),
);
const agreesIn = (keep: (id: string, from: number) => boolean) => {
  const journal = tell({ act, until: 16_000, and: [...apiRestart(), ...counter], keep });
  return corroborate(journal, historyOf(journal, act), moment(6190, 6202)).judgements[0]?.agrees;
};

test("a counter that first appears after the fault counts from 0 while Prometheus was answering before it", () => {
  expect(agreesIn(() => true)).toBe("yes");
});

test("a counter that first appears after the fault may be old where Prometheus was silent before it", () => {
  expect(agreesIn((id, from) => !id.startsWith("up") || from > 5000)).toBe("unknown");
  expect(agreesIn((id, from) => !id.startsWith("up") || from < 1500)).toBe("unknown");
});

test("only a counter that agrees makes its healer's claim", () => {
  const silent = tell({ act, until: 16_000, and: apiRestart() });
  expect(corroborate(silent, historyOf(silent, act), moment(6190, 6202))).toMatchObject({
    judgements: [{ agrees: "unknown" }],
    claims: [],
  });
});

describe("a line of a log that must agree", () => {
  const wanted = { log: "watchdog", matches: '"healer":"watchdog".*recovered', within: ms(5000) };
  const logged = actOf({ recovery: { corroboratedBy: [wanted] } });
  const every = (until: number) => Array.from({ length: until / 200 }, (_, nth) => nth * 200 + 50);
  /** So many had matched before; one more is stamped at `line`, if any. */
  const judged = (before: number, line?: number, until = 20_000) => {
    const looks = every(until).map((at): [number, number, number] => [
      at,
      at + 2,
      at > (line ?? until) ? before + 1 : before,
    ]);
    const stamped: [number, number, number][] = line === undefined ? [] : [[line - 1, line + 1, before + 1]];
    const told = series(seriesOf(wanted), "log", 200, [...looks, ...stamped]);
    const journal = tell({ act: logged, until: 16_000, and: [...apiRestart(), ...told] });
    return corroborate(journal, historyOf(journal, logged), moment(6190, 6202));
  };

  test.each([
    ["yes, where one came in time", judged(0, 7000), "yes"],
    ["no, where none came", judged(3), "no"],
    ["no, where it came later", judged(3, 12_000), "no"],
    ["no, where it came before the fault", judged(3, 4000), "no"],
    ["unknown, where nobody followed it until then", judged(3, undefined, 7000), "unknown"],
  ])("says %s", (_, { judgements }, agrees) => {
    expect(judgements).toMatchObject([{ agrees }]);
  });

  test("rises once, though a look just after the line did not know of it yet", () => {
    const id = seriesOf(wanted);
    const late = [
      [4050, 4052, 0],
      [6990, 7010, 1],
      [7000, 7002, 0],
      [7200, 7202, 1],
      [12_000, 12_002, 1],
    ] as const;
    const told = series(
      id,
      "log",
      200,
      late.map((it) => [...it]),
    );
    const journal = tell({ act: logged, until: 16_000, and: [...apiRestart(), ...told] });
    const { judgements } = corroborate(journal, historyOf(journal, logged), moment(6190, 6202));
    expect(judgements[0]?.rose).toHaveLength(1);
  });

  test("makes no healer's claim, whatever it says", () => {
    expect(judged(0, 7000).claims).toEqual([]);
  });
});

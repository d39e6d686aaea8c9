import { expect, test } from "vitest";
import { actOf, type Item, policyRestart, sampled, series, tell } from "../judge/testing/journal-builder.ts";
import { judgeTrial } from "../judge/trial.ts";
import { instant, ms } from "../time.ts";
import { References } from "./anchors.ts";
import { excerpt } from "./excerpt.ts";
import { timelineOf } from "./timeline.ts";

/** How series are shown whose values are no numbers to a reader: states in words, totals as steps. */

const act = actOf({
  during: [{ condition: { container: "app", is: "exited" }, within: ms(2000) }],
  never: [
    { health: "app", is: "unhealthy" },
    { restarts: "app", atLeast: 2 },
  ],
});
const every = { every: 200, takes: 4, from: 100, to: 12_300 };
const lines: Item[] = [
  [4000, 4000, 7],
  [6100, 6100, 7],
  [6000, 6002, 8, "lost the database"],
  [6200, 6200, 8],
];
const journal = tell({
  act,
  and: [
    ...policyRestart(),
    ...sampled("state of app", "engine", every, (at) => (at > 5001 && at < 5600 ? 5 : 3)),
    ...sampled("health of app", "engine", every, () => 2),
    ...sampled("starts of app", "engine", every, (at) => (at > 5600 ? 1 : 0)),
  ],
});
const trial = judgeTrial(journal);
const { lanes } = timelineOf(trial, journal);

test("a container's states are good and bad spans under their words; what may never be is drawn as such", () => {
  const signals = lanes.flatMap((it) =>
    it.kind === "signal" ? [{ ...it, states: it.spans.map((span) => span.state) }] : [],
  );
  expect(signals.map((it) => it.label).filter((it) => it.startsWith("engine"))).toEqual([
    "engine: app is exited",
    "engine: never app is unhealthy",
  ]);
  expect(signals.find((it) => it.label === "engine: app is exited")?.states).toEqual([
    "bad",
    "between",
    "good",
    "between",
    "bad",
  ]);
  expect(signals.find((it) => it.label === "engine: never app is unhealthy")?.states).toEqual(["good"]);
});

test("a running total is drawn where it rose, like a counter", () => {
  const counters = lanes.flatMap((it) => (it.kind === "counter" ? [it] : []));
  expect(counters.map((it) => it.label)).toEqual(["engine: starts of app"]);
  expect(counters[0]?.steps.map(({ by, to }) => [by, to])).toEqual([[1, 1]]);
});

test("a line that was told late is no reset of its total", () => {
  const never = [{ log: "app", matches: "lost" }];
  const late = tell({ act: actOf({ never }), and: series("log of app /lost/", "log", 200, lines) });
  const [counter] = timelineOf(judgeTrial(late), late).lanes.flatMap((it) => (it.kind === "counter" ? [it] : []));
  expect(counter?.steps.map(({ at, by }) => [at, by])).toEqual([[6000, 1]]);
});

test("the journal's lines say what their values mean", () => {
  const withLog = tell({
    act: actOf({ never: [{ log: "app", matches: "lost" }] }),
    and: series("log of app /lost/", "log", 200, lines),
  });
  const shown = (id: string, of: typeof journal) => {
    const references = new References("trial", of);
    for (const it of of) if (it.kind === "samples" && it.series === id) references.links([it.seq]);
    return String(excerpt(references, of, undefined, instant(5000))).replaceAll(/<[^>]*>/g, "");
  };
  expect(shown("state of app", journal)).toMatch(/exited.* good/s);
  expect(shown("state of app", journal)).toMatch(/running.* bad/s);
  expect(shown("log of app /lost/", withLog)).toMatch(/8 lines \(lost the database\)/);
});

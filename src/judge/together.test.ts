import { expect, test } from "vitest";
import { repeatedRun } from "../report/testing/sample-runs.ts";
import { judgeRun } from "./run.ts";
import { leastShare, together } from "./together.ts";

test.each([
  [1, 0.05],
  [10, 0.7411],
  [59, 0.9505],
])("of %i trials that all went well: with 95 %% confidence at least %d of all such do", (trials, least) => {
  expect(leastShare(trials)).toBeCloseTo(least, 4);
  // By its definition: were the share just that, all would go well in 5 % of the cases.
  expect(least ** trials).toBeCloseTo(0.05, 3);
});

const judged = (third?: number) => {
  const [scenario, ...others] = repeatedRun(third).run.scenarios;
  if (!scenario || others.length > 0) throw new Error("trials of one scenario are one scenario");
  return scenario;
};

test("several trials that came out as claimed: proven, from the shortest to the longest, and how sure that makes", () => {
  const { trial, again, controls, outcome, explanation } = judged();
  expect([outcome, again.length, controls.length]).toEqual(["proven", 4, 1]);
  const shown = together({ trial, again });
  expect(shown).toMatchObject({ trials: 5, proven: 5 });
  expect(shown.recovery?.atLeast).toBe(trial.acts[0]?.recovery?.atLeast);
  expect(shown.recovery?.atMost).toBe(again.at(-1)?.acts[0]?.recovery?.atMost);
  expect(explanation).toMatch(/^5 of 5 trials as claimed, recovered in [\d.]+ to \d\.\d\d s; at least 54 %/);
  expect(explanation).toContain("54 % of all such recoveries are in time (95 % confidence)");
});

test("one that was too slow refutes the claim, is told by its name, and nothing is said of a share", () => {
  const { outcome, explanation } = judged(6200);
  expect(outcome).toBe("refuted");
  expect(explanation).toMatch(/^4 of 5 trials as claimed/);
  expect(explanation).toMatch(/; app-crash\/trial-3: .*too slow|; app-crash\/trial-3: .*budget/);
  expect(explanation).not.toContain("confidence");
});

test("one that was planned and not run leaves the claim open", () => {
  const { trial, again, controls } = judged();
  const left = again.filter(({ nth }) => nth !== 4);
  const [scenario] = judgeRun([trial, ...left, ...controls]).scenarios;
  expect(scenario?.outcome).toBe("inconclusive");
  expect(scenario?.notRun).toEqual([{ id: "app-crash/trial-4", text: "its trial-4 was not run" }]);
  // And its first, too: what repeats it is not lost, and stands for no other.
  const [alone] = judgeRun([...again, ...controls]).scenarios;
  expect(alone).toMatchObject({ outcome: "inconclusive", again });
});

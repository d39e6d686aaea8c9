import { expect, test } from "vitest";
import { ms } from "../time.ts";
import { verdictOf, worst } from "./verdict.ts";

test.each([
  [1000, 5000, "recovered"],
  [5001, 6000, "too-slow"],
  [4999, 5001, "inconclusive"],
  [5000, 5001, "inconclusive"],
])("%o to %o ms against a budget of 5 s is %s", (atLeast, atMost, kind) => {
  expect(verdictOf({ atLeast: ms(atLeast), atMost: ms(atMost) }, ms(5000)).kind).toBe(kind);
});

test("nothing at all proves nothing", () => {
  expect(worst([])).toBe("inconclusive");
  expect(worst([{ outcome: "proven" }, { outcome: "proven" }])).toBe("proven");
  expect(worst([{ outcome: "proven" }, { outcome: "inconclusive" }, { outcome: "refuted" }])).toBe("refuted");
});

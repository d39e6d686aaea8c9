import { expect, test } from "vitest";
import { knownBugs } from "./engine-bugs.ts";

test.each(["17.03.2-ce", "19.03.15", "20.10.24+dfsg1", "20.10.26"])("%s may lock up", (version) => {
  expect(knownBugs(version)).toEqual([expect.stringContaining("moby/moby#46661")]);
});

test.each(["20.10.27", "20.10.27+dfsg1-1", "23.0.0", "28.2.2", "5.4.2", "1", "unknown", ""])(
  "of %j nothing is known",
  (version) => {
    expect(knownBugs(version)).toEqual([]);
  },
);

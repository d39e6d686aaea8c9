import { describe, expect, test } from "vitest";
import { KnownError } from "../errors.ts";
import { parseRunRecord, runJson } from "./run-json.ts";
import { everythingRun, gateRun, interruptedRun, lackingRun, matrixRun } from "./testing/sample-runs.ts";

describe("run.json", () => {
  test.each([
    ["a proven run", gateRun().run],
    ["everything", everythingRun().run],
    ["what was not run", lackingRun().run],
    ["what never began", interruptedRun().run],
    ["scenarios against broken healers", matrixRun().run],
  ])("is read back as it was written: %s", (_, run) => {
    expect(parseRunRecord(runJson(run), "run.json")).toEqual(run);
  });

  test("is read also where it is older and lacks what is written since", () => {
    const older = JSON.stringify(gateRun().run, (_key, value) => {
      if (value?.largestGap === undefined) return value;
      const { seqs: _, ...then } = value;
      return then;
    });
    const [scenario] = parseRunRecord(older, "run.json").scenarios;
    expect(scenario?.trial.acts[0]?.signals.map((it) => it.seqs)).toEqual([[], []]);
  });

  const broken = (change: object) => JSON.stringify({ ...gateRun().run, ...change });
  test.each([
    ["not JSON", "{", /not JSON/],
    ["another kind of file", "[1, 2]", /names no version/],
    ["a file without a version", "{}", /names no version/],
    ["another version", broken({ version: 2 }), /its version is 2, and this healproof reads 1/],
    ["an unknown outcome", broken({ outcome: "fine" }), /outcome/],
    ["a key that nobody knows", broken({ extra: 1 }), /extra/],
    ["a negative duration", broken({ cost: { wall: -1, floor: 0 } }), /cost\.wall/],
  ])("is refused with its reason: %s", (_, text, reason) => {
    const read = () => parseRunRecord(text, "somewhere/run.json");
    expect(read).toThrow(KnownError);
    expect(read).toThrow(/^somewhere\/run\.json is not the run\.json of a healproof run/);
    try {
      read();
    } catch (thrown) {
      expect(String(thrown)).toMatch(reason);
    }
  });
});

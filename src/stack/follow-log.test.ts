import { expect, test } from "vitest";
import { lineOf } from "./follow-log.ts";

test("a line has the engine's time, to the fraction, and its text without its end", () => {
  expect(lineOf("2026-01-01T00:00:01.250000500Z it is up\r")).toEqual({
    stamp: "2026-01-01T00:00:01.250000500",
    unixMs: Date.UTC(2026, 0, 1, 0, 0, 1) + 250.0005,
    text: "it is up",
  });
  expect(lineOf("2026-01-01T00:00:01.250000500Z ")?.text).toBe("");
  expect(lineOf("2026-01-01T00:00:01.250000500Z  indented")?.text).toBe(" indented");
});

test("what has no time is no line of its own", () => {
  expect(lineOf("the rest of a very long line")).toBeUndefined();
});

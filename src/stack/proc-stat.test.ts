import { describe, expect, test } from "vitest";
import { parseStat } from "./proc-stat.ts";
import { statText } from "./testing/stat-text.ts";

describe("parseStat", () => {
  test.each(["node", "a b", "tmux: server", "(sd-pam)", "x) S 1 (", "two\nlines", ""])(
    "finds the fields behind the name %j",
    (comm) => {
      expect(parseStat(statText(42, comm, "T", 7, 123_456))).toEqual({
        pid: 42,
        comm,
        state: "T",
        parent: 7,
        startTicks: 123_456,
      });
    },
  );

  test.each(["", "42 (node", "42 (node) S 7", "x (node) S 7 1 1"])("takes nothing from the torn line %j", (text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

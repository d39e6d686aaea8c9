import { expect, test } from "vitest";
import { badScenarios, formatProblem, placeAt } from "./problem.ts";

test.each([
  { text: "one\ntwo", offset: 0, line: 1, column: 1, whole: "one" },
  { text: "one\ntwo", offset: 3, line: 1, column: 4, whole: "one" }, // the line break itself
  { text: "one\ntwo", offset: 4, line: 2, column: 1, whole: "two" },
  { text: "one\r\ntwo\r\n", offset: 7, line: 2, column: 3, whole: "two" },
  { text: "one\n", offset: 99, line: 2, column: 1, whole: "" },
  { text: "é🙂x", offset: 3, line: 1, column: 3, whole: "é🙂x" }, // characters, not code units
])("offset $offset of $text is line $line, column $column", ({ text, offset, line, column, whole }) => {
  expect(placeAt("it.yaml", text, offset)).toEqual({ file: "it.yaml", line, column, text: whole });
});

const shown = (text: string, offset: number) => formatProblem({ message: "no", at: placeAt("a.yaml", text, offset) });

test("a caret below a line with tabs stands in the same column on any terminal", () => {
  expect(shown("\ta\tb: 1", 3)).toBe("a.yaml:1:4  no\n  1 | \ta\tb: 1\n    | \t \t^");
});

test("of a very long line only the part around the caret is shown", () => {
  const [, line = "", caret = ""] = shown(`${"x".repeat(500)}!${"y".repeat(500)}`, 500).split("\n");
  expect(line.length).toBeLessThan(140);
  expect(line[caret.indexOf("^")]).toBe("!");
});

test("what a file holds cannot steer the terminal", () => {
  expect(shown("a: \u001b[31mred\u202e", 3)).toBe("a.yaml:1:4  no\n  1 | a: \ufffd[31mred\ufffd\n    |    ^");
});

test("one problem stands alone; several are counted", () => {
  expect(badScenarios([{ message: "a" }]).message).toBe("a");
  expect(badScenarios([{ message: "a" }, { message: "b" }]).message).toBe("a\n\nb\n\n2 problems");
});

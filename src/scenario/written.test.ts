import { expect, test } from "vitest";
import { parseYaml } from "./parse.ts";
import { locatorOf, plainOf } from "./written.ts";

const text = `\
a: &a { b: [1, two], c: }
d: *a
`;
const { written } = parseYaml({ file: "it.yaml", folder: "/", wanted: "it" }, Buffer.from(text));
if (!written) throw new Error("it is YAML");
const at = locatorOf(written);

test("the plain value is what YAML says", () => {
  const a = { b: [1, "two"], c: null };
  expect(plainOf(written)).toEqual({ a, d: a });
});

test.each([
  { path: ["a", "b", 1], line: 1, column: 16 },
  { path: ["a", "b"], what: "key", line: 1, column: 9 },
  { path: ["a", "c"], line: 1, column: 22 }, // nothing is there, so its key
  { path: ["d"], line: 2, column: 4 }, // the alias
  { path: ["d", "b", 0], line: 1, column: 13 }, // what is behind it, where it is written
  { path: ["a", "b", 7, "x"], line: 1, column: 12 }, // leads nowhere: its nearest ancestor
  { path: ["x"], line: 1, column: 1 },
] as const)("$path is at $line:$column", ({ path, line, column, ...rest }) => {
  expect(at(path, "what" in rest ? rest.what : "value")).toMatchObject({ file: "it.yaml", line, column });
});

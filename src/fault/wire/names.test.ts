import { expect, test } from "vitest";
import { denial } from "./names.ts";

/** A question as a resolver sends it: id 0xbeef, recursion desired, `db.` of type A, with an EDNS record behind it. */
const question = Buffer.from(
  "beef" + "0100" + "0001000000000001" + "02646200" + "00010001" + "0000291000000000000000",
  "hex",
);

test("a question is denied with its own id and name, and nothing else of it", () => {
  expect(denial(question)?.toString("hex")).toBe(`beef8583${"0001000000000000"}02646200${"00010001"}`);
});

test.each([
  ["an answer", Buffer.from(question).fill(0x81, 2, 3)],
  ["two questions at once", Buffer.from(question).fill(2, 5, 6)],
  ["a question that breaks off", question.subarray(0, 18)],
  ["a name that is longer than its message", Buffer.from(question).fill(63, 12, 13)],
  ["nothing", Buffer.alloc(0)],
])("what is no question is left unanswered: %s", (_, message) => {
  expect(denial(message)).toBeUndefined();
});

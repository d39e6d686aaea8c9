import { expect, test } from "vitest";
import { noSuchName } from "./nowhere.ts";

/** `app IN A?`, recursion desired. */
const query = Buffer.from("beef01000001000000000000036170700000010001", "hex");

test("a query is answered by itself, as an answer that there is no such name", () => {
  expect(noSuchName(query)?.toString("hex")).toBe("beef81830001000000000000036170700000010001");
});

test("what is no query is not answered: no two of these could keep each other busy", () => {
  expect(noSuchName(Buffer.from("beef8183000100000000", "hex"))).toBeUndefined();
  expect(noSuchName(noSuchName(query) ?? Buffer.alloc(0))).toBeUndefined();
  expect(noSuchName(Buffer.alloc(0))).toBeUndefined();
  expect(noSuchName(query.subarray(0, 11))).toBeUndefined();
});

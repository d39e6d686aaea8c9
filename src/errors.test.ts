import { expect, test } from "vitest";
import { KnownError } from "./errors.ts";

test("what came from outside cannot steer the terminal", () => {
  const error = new KnownError("x", "bad \u001b[2Jname\r", { facts: { "re\u0007ason": "a\u009b31m\nb\tc\u007f" } });
  expect(`${error}`).toBe("bad [2Jname\n  reason  a31m\n          b\tc");
});

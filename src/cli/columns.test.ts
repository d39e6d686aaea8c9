import { expect, test } from "vitest";
import { columns } from "./columns.ts";

test("rows are aligned, the last column as long as it is; what would steer a terminal is left out", () => {
  expect(
    columns([
      ["ok", "Node", "26.0.0"],
      ["lacks", "an \u001b[31mimage\u0007", "built by whom it pleases"],
    ]),
  ).toBe("ok     Node          26.0.0\nlacks  an [31mimage  built by whom it pleases\n");
});

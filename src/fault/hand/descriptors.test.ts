import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { descriptorsOf } from "./descriptors.ts";

test.each([
  { numbers: [0, 1, 2, 3], held: 4, lowestFree: 4 },
  { numbers: [0, 1, 2, 4, 30], held: 5, lowestFree: 3 },
  { numbers: [1], held: 1, lowestFree: 0 },
])("of $numbers the lowest number that is free is $lowestFree", ({ numbers, held, lowestFree }) => {
  const proc = mkdtempSync(join(tmpdir(), "healproof-fd-"));
  for (const number of numbers) mkdirSync(join(proc, `7/fd/${number}`), { recursive: true });
  writeFileSync(
    join(proc, "7/limits"),
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
      "Max processes             unlimited            unlimited            processes \n" +
      "Max open files            1024                 524288               files     \n",
  );
  expect(descriptorsOf(7, proc)).toEqual({ held, lowestFree, soft: 1024 });
  rmSync(proc, { recursive: true });
});

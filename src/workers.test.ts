import { expect, test } from "vitest";
import { workersFor } from "./workers.ts";

const GiB = 1024 ** 3;

test.each([
  [{ cores: 2, memory: 8 * GiB }, 2],
  [{ cores: 1, memory: 1 * GiB }, 1],
  [{ cores: 4, memory: 4 * GiB }, 2],
  [{ cores: 64, memory: 256 * GiB }, 4],
])("of %o as many recoveries are measured at a time as its cores and its memory carry: %d", (machine, workers) => {
  expect(workersFor(machine)).toBe(workers);
});

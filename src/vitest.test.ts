import { expect, test } from "vitest";
import { minutes } from "./time.ts";
import { scenarioRun } from "./vitest.ts";

test("a test of a file has vitest's own limit until the file asks for a run", ({ task }) => {
  expect(task.timeout).toBeLessThan(minutes(30));
});

scenarioRun();

test("a test that runs scenarios is given the time that trials take, and vitest still ends it", ({ task }) => {
  expect(task.timeout).toBe(minutes(30));
});

import { expect, test } from "vitest";
import EngineWatch from "./engine-watch.mjs";
import type { Result } from "./set-up/machine.mjs";
import { scriptedMachine } from "./set-up/scripted-machine.ts";

const late = { message: "Hook timed out in 60000ms." };
const hangs = { code: null, why: "not done within 60 s" };

/** A run beside an engine that answers so. */
function watched(answer: Partial<Result>) {
  const { machine, ran, said } = scriptedMachine({ env: { DOCKER_HOST: "tcp://elsewhere:1" } }, () => answer);
  const cancelled: string[] = [];
  const watch = new EngineWatch({ machine });
  watch.onInit({ cancelCurrentRun: async (reason) => void cancelled.push(reason) });
  return { watch, ran, said, cancelled };
}

test("a run ends where a test has failed and the engine does not answer, once, and says why", async () => {
  const { watch, ran, said, cancelled } = watched(hangs);
  await Promise.all([
    watch.onTestCaseResult({ result: () => ({ errors: [late] }) }),
    watch.onTestSuiteResult({ errors: () => [late] }),
    watch.onTestModuleEnd({ errors: () => [late] }),
  ]);
  expect(ran).toEqual(["docker network ls --quiet"]);
  expect(said).toEqual([
    expect.stringMatching(/does not answer: .*not done within 60 s\n.*the run ends here.*\n.*not ours to ask/),
  ]);
  expect(cancelled).toEqual(["test-failure"]);
});

test.each([
  ["answers", { stdout: "92bab281624a" }],
  ["is gone", { code: 1, stderr: "Cannot connect to the Docker daemon" }],
  ["was never there", { code: null, why: "no such command" }],
])("it goes on where the engine %s", async (_, answer) => {
  const { watch, ran, cancelled } = watched(answer);
  await watch.onTestModuleEnd({ errors: () => [late] });
  expect(ran).toHaveLength(1);
  expect(cancelled).toEqual([]);
});

test("the engine is left alone where nothing fails", async () => {
  const { watch, ran } = watched(hangs);
  await watch.onTestCaseResult({ result: () => ({}) });
  await watch.onTestSuiteResult({ errors: () => [] });
  expect(ran).toEqual([]);
});

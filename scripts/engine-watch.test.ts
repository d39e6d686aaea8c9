import { expect, test } from "vitest";
import EngineWatch from "./engine-watch.mjs";
import { scriptedMachine } from "./set-up/scripted-machine.ts";

const late = { message: "Hook timed out in 60000ms.\nIf this is a long-running hook …" };
const wrong = { message: "expected 3 to be 1" };

/** A run beside an engine that answers, or does not. */
function watched(answers: boolean) {
  const { machine, ran, said } = scriptedMachine({ env: { DOCKER_HOST: "tcp://elsewhere:1" } }, () =>
    answers ? "92bab281624a" : { code: null, why: "not done within 30 s" },
  );
  const cancelled: string[] = [];
  const watch = new EngineWatch({ machine });
  watch.onInit({ cancelCurrentRun: async (reason) => void cancelled.push(reason) });
  return { watch, ran, said, cancelled };
}

test("a run ends where a test is late and the engine does not answer, once, and says why", async () => {
  const { watch, ran, said, cancelled } = watched(false);
  await Promise.all([
    watch.onTestCaseResult({ result: () => ({ errors: [late] }) }),
    watch.onTestSuiteResult({ errors: () => [late] }),
    watch.onTestModuleEnd({ errors: () => [late] }),
  ]);
  expect(ran).toEqual(["docker network ls --quiet"]);
  expect(said).toEqual([expect.stringMatching(/does not answer: .*not done within 30 s\n.*the run ends here/)]);
  expect(cancelled).toEqual(["test-failure"]);
});

test("it goes on where the engine answers", async () => {
  const { watch, ran, cancelled } = watched(true);
  await watch.onTestModuleEnd({ errors: () => [late] });
  expect(ran).toHaveLength(1);
  expect(cancelled).toEqual([]);
});

test("the engine is left alone by tests that pass, or fail for a reason of their own", async () => {
  const { watch, ran } = watched(false);
  await watch.onTestCaseResult({ result: () => ({}) });
  await watch.onTestCaseResult({ result: () => ({ errors: [wrong] }) });
  expect(ran).toEqual([]);
});

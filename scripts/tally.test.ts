import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tally, tallyLine } from "./tally.mjs";

const file = (status: string, ...tests: string[]) => ({
  status,
  message: "Error: it cannot be loaded",
  assertionResults: tests.map((each) => ({ status: each })),
});

test.each([
  ["tests and checks together", [file("passed", "passed", "passed")], [true, true], 0, "4 passed, 0 failed, 0 skipped"],
  ["a failed check is a failure", [file("passed", "passed")], [true, false], 0, "2 passed, 1 failed, 0 skipped"],
  ["a failed test", [file("failed", "passed", "failed")], [], 1, "1 passed, 1 failed, 0 skipped"],
  [
    "what was not run",
    [file("passed", "passed", "pending", "todo", "skipped")],
    [],
    0,
    "1 passed, 0 failed, 3 skipped",
  ],
  ["a file that could not be loaded", [file("failed")], [], 1, "0 passed, 1 failed, 0 skipped"],
  [
    "a failed test, and a file not loaded",
    [file("failed", "failed"), file("failed")],
    [],
    1,
    "0 passed, 2 failed, 0 skipped",
  ],
  ["a file whose hook failed", [file("failed", "passed", "pending")], [], 1, "1 passed, 1 failed, 1 skipped"],
  [
    "files that a run which was ended never came to",
    [file("failed", "failed"), { ...file("failed"), message: "" }],
    [],
    1,
    "0 passed, 1 failed, 1 skipped",
  ],
  ["an error outside of any test", [file("passed", "passed")], [true], 1, "2 passed, 1 failed, 0 skipped"],
  ["no test found", [], [true, false], 1, "1 passed, 2 failed, 0 skipped"],
  ["no report at all", undefined, [true], 0, "1 passed, 1 failed, 0 skipped"],
])("%s: %j", (_, testResults, checks, exitCode, line) => {
  expect(tallyLine(tally({ checks, exitCode, report: testResults && { testResults } }))).toBe(line);
});

/** Runs .ci/run with this in npm's place. */
function gate(npm: string) {
  const folder = mkdtempSync(join(tmpdir(), "healproof-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "npm"), `#!/bin/sh\n${npm}\n`);
  chmodSync(join(folder, "npm"), 0o755);
  const { stdout, status } = spawnSync(join(process.cwd(), ".ci/run"), ["--bail"], {
    encoding: "utf8",
    env: { PATH: `${folder}:/usr/bin:/bin` },
    timeout: 20_000,
  });
  return { lines: stdout.trim().split("\n"), status };
}

test("the gate ends with the count and npm test's exit code, and hands its arguments on", () => {
  const { lines, status } = gate('echo "npm $*"; echo "7 passed, 2 failed, 1 skipped" >"$HEALPROOF_TALLY"; exit 3');
  expect(lines).toEqual(["npm test -- --bail", "7 passed, 2 failed, 1 skipped"]);
  expect(status).toBe(3);
});

test("a gate whose set-up fails has failed", () => {
  expect(gate("exit 69")).toEqual({ lines: ["0 passed, 1 failed, 0 skipped"], status: 69 });
});

test("a gate without a count has failed, whatever npm says", () => {
  expect(gate("exit 0")).toEqual({ lines: ["0 passed, 1 failed, 0 skipped"], status: 1 });
});

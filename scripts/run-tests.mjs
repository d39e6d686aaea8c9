// Runs vitest as npm test does: what tests leave behind is removed, and their results are counted. Where HEALPROOF_TALLY names a
// file, the count is written to it.

import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handOver } from "./hand-over.mjs";
import { ROOT } from "./set-up/bring-up.mjs";
import { nodeEnvironment } from "./set-up/dependencies.mjs";
import { thisMachine } from "./set-up/machine.mjs";
import { sweep, testRunVariable } from "./sweep.mjs";
import { tally, tallyLine } from "./tally.mjs";

const CHECK_LIMIT_MS = 120_000;
const CLEAN_LIMIT_MS = 5 * 60_000;

/** @typedef {{ name: string, command: string, args: readonly string[] }} Check */

/**
 * @param {readonly string[]} vitestArgs
 * @param {object} options
 * @param {number} options.limitMs several times what the tests take on two cores: only says that something hangs
 * @param {readonly Check[]} [options.checks] run before, side by side, and counted as tests
 * @returns {Promise<number>} exit code
 */
export async function runTests(vitestArgs, { limitMs, checks = [] }) {
  const { command, env } = nodeEnvironment(ROOT);
  const checked = await Promise.all(checks.map((check) => passes(check, env)));

  const testRun = randomBytes(4).toString("hex");
  const folder = mkdtempSync(join(tmpdir(), "healproof-test-"));
  const reportFile = join(folder, "vitest.json");
  try {
    const exitCode = await handOver(
      command,
      [
        ...[join(ROOT, "node_modules/vitest/vitest.mjs"), "run"],
        ...["default", "json", join(ROOT, "scripts/engine-watch.mjs")].map((it) => `--reporter=${it}`),
        ...[`--outputFile.json=${reportFile}`, ...vitestArgs],
      ],
      { cwd: ROOT, env: { ...env, [testRunVariable]: testRun }, limitMs },
    );
    // Vitest ends its workers without asking them, so an interrupted run leaves its stacks behind.
    if (exitCode !== 0) {
      await Promise.all([
        sweep(thisMachine(ROOT), testRun).then(
          (swept) =>
            swept > 0 && console.log(`removed ${swept} containers, networks and volumes that tests had left behind`),
          // The tests' own failures are told all the same.
          (thrown) => console.log(String(thrown)),
        ),
        handOver(command, [join(ROOT, "src/cli.ts"), "clean"], { cwd: ROOT, env, limitMs: CLEAN_LIMIT_MS }),
      ]);
    }
    const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, "utf8")) : undefined;
    const result = tally({ checks: checked, exitCode, report });
    if (process.env.HEALPROOF_TALLY) writeFileSync(process.env.HEALPROOF_TALLY, `${tallyLine(result)}\n`);
    console.log(`\nTests and checks: ${tallyLine(result)}`);
    return exitCode || (result.failed > 0 ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Check} check @param {Record<string, string | undefined>} env @returns {Promise<boolean>} */
async function passes({ name, command, args }, env) {
  const from = performance.now();
  const { code, stdout, stderr, why } = await thisMachine(ROOT).run(join(ROOT, "node_modules/.bin", command), args, {
    timeoutMs: CHECK_LIMIT_MS,
    env: { PATH: env.PATH },
  });
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  if (code === 0) console.log(`ok      ${name} (${seconds} s)`);
  else console.log(`FAILED  ${name} (${seconds} s): ${why ?? `exit ${code}`}\n${stdout}${stderr}`);
  return code === 0;
}

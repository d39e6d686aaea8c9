// npm test: sets the machine up where something lacks, then the fast checks side by side, then all tests but the full set.
// Arguments go to vitest. Where HEALPROOF_TALLY names a file, the count of tests is written to it.

import { runTests } from "./run-tests.mjs";
import { bringUp } from "./set-up/bring-up.mjs";
import { withoutFullSet } from "./test-projects.mjs";

const CHECKS = [
  { name: "format and lint", command: "biome", args: ["check", "."] },
  { name: "types", command: "tsc", args: [] },
  { name: "types of the scripts", command: "tsc", args: ["--project", "scripts"] },
  { name: "dead code", command: "knip", args: [] },
];

const LIMIT_MS = 60 * 60_000;

process.exitCode =
  (await bringUp()) || (await runTests(withoutFullSet(process.argv.slice(2)), { limitMs: LIMIT_MS, checks: CHECKS }));

// npm run test:full: sets the machine up where something lacks, then every scenario with its controls and against broken healers:
// what npm test has no time for. Arguments go to vitest. HEALPROOF_TALLY as for npm test.

import { runTests } from "./run-tests.mjs";
import { bringUp } from "./set-up/bring-up.mjs";
import { fullSet } from "./test-projects.mjs";

const LIMIT_MS = 4 * 60 * 60_000;

process.exitCode = (await bringUp()) || (await runTests(fullSet(process.argv.slice(2)), { limitMs: LIMIT_MS }));

// npm start: sets the machine up where something lacks, then runs the scenarios. Arguments go to `healproof run`.

import { join } from "node:path";
import { handOver } from "./hand-over.mjs";
import { bringUp, ROOT } from "./set-up/bring-up.mjs";
import { nodeEnvironment } from "./set-up/dependencies.mjs";

process.exitCode = await bringUp();
if (process.exitCode === 0) {
  const { command, env } = nodeEnvironment(ROOT);
  process.exitCode = await handOver(command, [join(ROOT, "src/cli.ts"), "run", ...process.argv.slice(2)], {
    cwd: ROOT,
    env,
  });
}

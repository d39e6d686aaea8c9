// npm start: sets the machine up where something lacks, then runs the gate's scenarios, or what its arguments say: they go to `healproof run`.

import { join } from "node:path";
import { handOver } from "./hand-over.mjs";
import { bringUp, ROOT } from "./set-up/bring-up.mjs";
import { nodeEnvironment } from "./set-up/dependencies.mjs";

const asked = process.argv.slice(2);

process.exitCode = await bringUp();
if (process.exitCode === 0) {
  const { command, env } = nodeEnvironment(ROOT);
  process.exitCode = await handOver(
    command,
    [join(ROOT, "src/cli.ts"), "run", ...(asked.length > 0 ? asked : ["gate"])],
    {
      cwd: ROOT,
      env,
    },
  );
}

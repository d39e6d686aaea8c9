// healproof in our place, by the Node that the set-up has brought.

import { join } from "node:path";
import { handOver } from "./hand-over.mjs";
import { ROOT } from "./set-up/bring-up.mjs";
import { nodeEnvironment } from "./set-up/dependencies.mjs";

/** @param {readonly string[]} args @returns {Promise<number>} its exit code */
export function healproof(args) {
  const { command, env } = nodeEnvironment(ROOT);
  return handOver(command, [join(ROOT, "src/cli.ts"), ...args], { cwd: ROOT, env });
}

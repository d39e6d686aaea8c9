// healproof's own helper image, which its command builds.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodeCommand } from "./dependencies.mjs";
import { must } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

/**
 * @param {Machine} machine
 * @param {{ images: import("./local-images.mjs").LocalImages, chosen: Map<string, string> }} parts
 * @returns {import("./plan.mjs").Step}
 */
export function agent(machine, { chosen }) {
  const cli = join(machine.root, "src/cli.ts");
  return {
    name: "helper image",
    needs: ["node", "image node"],
    check: async () => (existsSync(cli) ? "not asked yet" : undefined),
    commands: () => ["npm run --silent healproof -- doctor --fix"],
    async run() {
      await must(machine, nodeCommand(machine) ?? process.execPath, [cli, "doctor", "--fix", "--quiet"], {
        timeoutMs: 180_000,
        env: { HEALPROOF_NODE_IMAGE: chosen.get("NODE_IMAGE") },
      });
      return "built";
    },
  };
}

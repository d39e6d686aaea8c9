// healproof's own helper image, which its command builds. To ask the command takes most of a second, so what it was
// built from is remembered.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentHash } from "./content.mjs";
import { nodeCommand } from "./dependencies.mjs";
import { must } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

const NAME = "healproof-helper";

/**
 * @param {Machine} machine
 * @param {{ images: import("./local-images.mjs").LocalImages, chosen: Map<string, string> }} parts
 * @returns {import("./plan.mjs").Step}
 */
export function helperImage(machine, { images, chosen }) {
  const source = join(machine.root, "src");
  const memory = join(machine.root, "node_modules/.cache/healproof/helper-image");

  async function builtFrom() {
    const node = chosen.get("NODE_IMAGE") ?? "";
    const files = [join(machine.root, "package-lock.json")];
    // Each checkout has its own.
    return contentHash({ folders: [source], files, words: [machine.root, node, (await images.idOf(node)) ?? ""] });
  }
  return {
    name: "helper image",
    // The command looks at the stack's images, too.
    needs: ["node", "docker compose", "image node", "fixtures/stack/.env"],
    async check() {
      const remembered = existsSync(memory) ? readFileSync(memory, "utf8") : undefined;
      if (remembered === (await builtFrom()) && (await images.hasAny(NAME))) return undefined;
      return "it is not built from its present source";
    },
    commands: () => ["npm run --silent healproof -- doctor --fix"],
    async run(tell) {
      tell("building it");
      const command = nodeCommand(machine) ?? process.execPath;
      await must(machine, command, [join(source, "cli.ts"), "doctor", "--fix", "--quiet"], {
        timeoutMs: 180_000,
        env: { HEALPROOF_NODE_IMAGE: chosen.get("NODE_IMAGE") },
      });
      mkdirSync(dirname(memory), { recursive: true });
      writeFileSync(memory, await builtFrom());
      return "in place";
    },
  };
}

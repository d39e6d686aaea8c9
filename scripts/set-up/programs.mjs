// Our own programs in the stack: each workspace with a Dockerfile is bundled into one file for each entry point and put
// on the Node image. Its image is named after the content that it is built from.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { contentHash } from "./content.mjs";
import { CHECKOUT_LABEL } from "./local-images.mjs";
import { must } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {{ name: string, variable: string, folder: string, entries: readonly string[] }} Program */

const LIMIT_MS = 180_000;

// Bundled CommonJS packages expect what only CommonJS has.
const BANNER = [
  'import { createRequire as healproofCreateRequire } from "node:module";',
  "const require = healproofCreateRequire(import.meta.url);",
  "const __filename = import.meta.filename;",
  "const __dirname = import.meta.dirname;",
].join("\n");
const ESBUILD = [
  ...["--bundle", "--platform=node", "--target=node26", "--format=esm", "--sourcemap", "--log-level=warning"],
  // Native add-ons that their packages can do without.
  ...["--external:*.node", "--external:cpu-features", "--external:pg-native"],
  `--banner:js=${BANNER}`,
];

/** The workspaces that become images. @param {string} root @returns {Program[]} */
export function programs(root) {
  /** @type {{ workspaces?: readonly string[] }} */
  const { workspaces = [] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return workspaces
    .map((workspace) => join(root, workspace))
    .filter((folder) => existsSync(join(folder, "Dockerfile")))
    .map((folder) => {
      const { healproof } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const name = basename(folder);
      const variable = `${name.toUpperCase().replaceAll("-", "_")}_IMAGE`;
      return { name, variable, folder, entries: healproof?.entries ?? ["src/main.ts"] };
    });
}

/**
 * @param {Machine} machine
 * @param {Program} program
 * @param {object} parts
 * @param {import("./local-images.mjs").LocalImages} parts.images
 * @param {Map<string, string>} parts.chosen
 * @returns {import("./plan.mjs").Step}
 */
export function program(machine, { name, variable, folder, entries }, { images, chosen }) {
  async function reference() {
    const node = chosen.get("NODE_IMAGE") ?? "";
    const hash = contentHash({
      folders: [folder],
      files: [join(machine.root, "package-lock.json")],
      // The id, too: a tag of a registry moves.
      words: [node, (await images.idOf(node)) ?? "", ...ESBUILD, ...entries],
    });
    return `healproof-fixture-${name}:${hash}`;
  }
  return {
    name: `program ${name}`,
    needs: ["dependencies", "image node"],
    async check() {
      const wanted = await reference();
      if (!(await images.idOf(wanted))) return "its image is not built from its present source";
      chosen.set(variable, wanted);
      return undefined;
    },
    commands: () => ["npm run setup"],
    async run() {
      const wanted = await reference();
      const out = join(folder, "dist");
      rmSync(out, { recursive: true, force: true });
      const sources = entries.map((entry) => join(folder, entry));
      await must(
        machine,
        join(machine.root, "node_modules/.bin/esbuild"),
        [...sources, ...ESBUILD, `--outbase=${join(folder, "src")}`, `--outdir=${out}`],
        { timeoutMs: LIMIT_MS },
      );
      writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
      const node = `NODE_IMAGE=${chosen.get("NODE_IMAGE")}`;
      const label = `${CHECKOUT_LABEL}=${machine.root}`;
      await must(
        machine,
        "docker",
        ["build", "--quiet", "--force-rm", "--tag", wanted, "--build-arg", node, "--label", label, folder],
        { timeoutMs: LIMIT_MS },
      );
      await images.added(wanted);
      chosen.set(variable, wanted);
      return "built";
    },
  };
}

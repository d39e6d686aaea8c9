// Our own programs in the stack: each workspace with a Dockerfile is bundled into one file for each entry point and put
// on the Node image, or builds on the other images that its package.json names. Its image is named after the content that
// it is built from.

import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { contentHash } from "./content.mjs";
import { imageEntries } from "./images.mjs";
import { CHECKOUT_LABEL } from "./local-images.mjs";
import { must } from "./machine.mjs";
import { PERMITTED_SET_UP } from "./plan.mjs";
import { STAND_IN_LABEL } from "./stand-ins.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {{ name: string, variable: string, folder: string, entries: readonly string[], images: readonly string[] }} Program `images`: variables of those that it builds on */

const LIMIT_MS = 180_000;
/** Upon a stand-in, a program is none itself. */
const NO_STAND_IN = `${STAND_IN_LABEL}=`;
/** What each of them brings as its check: a container asks its own server. */
const HEALTHCHECK = "fixtures/images/healthcheck.sh";

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
      const { entries = ["src/main.ts"], images = ["NODE_IMAGE"] } = healproof ?? {};
      return { name, variable, folder, entries, images };
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
export function program(machine, { name, variable, folder, entries, images: bases }, { images, chosen }) {
  const basesNow = () => bases.map((base) => ({ variable: base, reference: chosen.get(base) ?? "" }));

  async function reference() {
    // The id, too: a tag of a registry moves.
    const ids = await Promise.all(basesNow().map(async (base) => (await images.idOf(base.reference)) ?? ""));
    const hash = contentHash({
      folders: [folder],
      files: [
        join(machine.root, "package-lock.json"),
        ...(entries.length > 0 ? [join(machine.root, HEALTHCHECK)] : []),
      ],
      words: [...basesNow().map((base) => base.reference), ...ids, ...ESBUILD, NO_STAND_IN, ...entries],
    });
    return `healproof-fixture-${name}:${hash}`;
  }
  return {
    name: `program ${name}`,
    needs: ["dependencies", ...bases.map((base) => stepOf(machine.root, base))],
    async check() {
      const wanted = await reference();
      if (!(await images.idOf(wanted))) return "its image is not built from its present source";
      chosen.set(variable, wanted);
      return undefined;
    },
    commands: () => [PERMITTED_SET_UP],
    async run(tell) {
      tell("building its image");
      const wanted = await reference();
      if (entries.length > 0) {
        await bundle(machine, folder, entries);
        copyFileSync(join(machine.root, HEALTHCHECK), join(folder, "dist/healthcheck.sh"));
      }
      const args = basesNow().flatMap((base) => ["--build-arg", `${base.variable}=${base.reference}`]);
      const labels = [`${CHECKOUT_LABEL}=${machine.root}`, NO_STAND_IN].flatMap((it) => ["--label", it]);
      await must(machine, "docker", ["build", "--quiet", "--force-rm", "--tag", wanted, ...args, ...labels, folder], {
        timeoutMs: LIMIT_MS,
      });
      await images.added(wanted);
      chosen.set(variable, wanted);
      return "built";
    },
  };
}

/** @param {Machine} machine @param {string} folder @param {readonly string[]} entries */
async function bundle(machine, folder, entries) {
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
}

/** Name of the step that brings an image. @param {string} root @param {string} variable */
function stepOf(root, variable) {
  const entry = imageEntries(root).find((each) => each.variable === variable);
  return entry
    ? `image ${entry.standIn}`
    : `program ${variable
        .replace(/_IMAGE$/, "")
        .toLowerCase()
        .replaceAll("_", "-")}`;
}

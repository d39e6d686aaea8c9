// What npm installs: the packages of the lockfile, among them Node itself where its npm package exists.

import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { must, SetUpError } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Locked */

const OLDEST_NODE = 24;
const NPM_LIMIT_MS = 300_000;

/** @param {Machine} machine @returns {import("./plan.mjs").Step} */
export function dependencies(machine) {
  return {
    name: "dependencies",
    check: async () =>
      staleness(
        readPackages(join(machine.root, "package-lock.json")) ?? {},
        readPackages(join(machine.root, "node_modules/.package-lock.json")),
      ),
    commands: () => ["npm ci"],
    async run(tell) {
      tell("npm ci");
      // Its errors are wanted also where we were started by `npm run --silent`.
      await must(machine, "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { timeoutMs: NPM_LIMIT_MS });
      return "installed";
    },
  };
}

/** @param {Machine} machine @returns {import("./plan.mjs").Step} */
export function node(machine) {
  return {
    name: "node",
    needs: ["dependencies"],
    check: async () => (nodeCommand(machine) ? undefined : `Node ${machine.nodeVersion} is too old`),
    commands: () => [`install Node ${OLDEST_NODE} or later, then: npm ci`],
    async run() {
      throw new SetUpError(
        `healproof needs Node ${OLDEST_NODE} or later, and this is Node ${machine.nodeVersion}.\n` +
          "On Linux (x64, arm64) npm ci brings Node 26 along; here it did not. Install one from nodejs.org.",
      );
    },
  };
}

/**
 * The Node that runs healproof: the one that npm brought, else the person's own; undefined when that is too old.
 * @param {{ root: string, nodeVersion: string }} machine
 */
export function nodeCommand({ root, nodeVersion }) {
  const brought = join(root, "node_modules/.bin/node");
  if (existsSync(brought)) return brought;
  return Number.parseInt(nodeVersion, 10) >= OLDEST_NODE ? process.execPath : undefined;
}

/** How to run programs with that Node, and so that what they start finds it, too. @param {string} root */
export function nodeEnvironment(root) {
  const path = [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  const command = nodeCommand({ root, nodeVersion: process.versions.node }) ?? process.execPath;
  return { command, env: { ...process.env, PATH: path } };
}

/** @param {string} file @returns {Record<string, Locked> | undefined} */
function readPackages(file) {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/**
 * What of the lockfile is not installed as it says. An optional package may be missing: it is for another machine.
 * @param {Record<string, Locked>} wanted package-lock.json
 * @param {Record<string, Locked> | undefined} present npm's own record of what it installed
 */
export function staleness(wanted, present) {
  if (!present) return "nothing is installed";
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) continue;
    const there = present[path];
    if (!there && optional) continue;
    if (!there) return `${path} is not installed`;
    if (there.version !== version || there.integrity !== integrity) return `${path} is another version`;
  }
  return undefined;
}

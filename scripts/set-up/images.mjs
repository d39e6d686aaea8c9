// The images of other people's programs. For each one by itself: the one that the environment names, else the official
// one where the engine has it, else our stand-in where it is built, else the official one from its registry, else the
// stand-in, built now. So a machine without a registry asks for it once, and never again.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failure, SetUpError } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {{ variable: string, official: string, standIn: string }} ImageEntry */
/** @typedef {{ variable: string, official: string, standIn?: string, profile?: string }} ManifestEntry with a stand-in's folder, or with the Compose profile that needs the image */
/** @typedef {{ reference: string, from: "environment" | "official" | "stand-in" }} Choice */

// A registry that is there answers within a second or two; the download itself may take long.
const ANSWER_LIMIT_MS = 8_000;
// Where there is nothing else to fall back on, it gets more time.
const PATIENT_ANSWER_LIMIT_MS = 60_000;
const PULL_LIMIT_MS = 900_000;

/** @param {string} root @returns {ManifestEntry[]} */
export function manifest(root) {
  return JSON.parse(readFileSync(join(root, "fixtures/images/images.json"), "utf8"));
}

/** The images that something can stand in for. @param {string} root @returns {ImageEntry[]} */
export function imageEntries(root) {
  return manifest(root).flatMap(({ variable, official, standIn }) =>
    standIn ? [{ variable, official, standIn }] : [],
  );
}

/**
 * What can be said without asking a registry.
 * @param {{ official: string, standIn: string, given: string | undefined }} names references; `standIn` with its tag
 * @param {(reference: string) => boolean} isLocal
 * @returns {Choice | undefined} undefined: neither image is there yet
 */
export function choose({ official, standIn, given }, isLocal) {
  if (given) return { reference: given, from: "environment" };
  if (isLocal(official)) return { reference: official, from: "official" };
  if (isLocal(standIn)) return { reference: standIn, from: "stand-in" };
  return undefined;
}

/**
 * @param {Machine} machine
 * @param {ImageEntry} entry
 * @param {object} parts
 * @param {import("./local-images.mjs").LocalImages} parts.images
 * @param {import("./stand-ins.mjs").StandIns} parts.standIns
 * @param {Map<string, string>} parts.chosen variable to reference, filled in here
 * @returns {import("./plan.mjs").Step}
 */
export function image(machine, entry, { images, standIns, chosen }) {
  const { variable, official } = entry;
  const standIn = standIns.reference(entry);
  return {
    name: `image ${entry.standIn}`,
    // The stand-in of node carries the binary that npm brought.
    needs: entry.standIn === "node" ? ["docker engine", "dependencies"] : ["docker engine"],
    async check() {
      const local = [official, standIn];
      const ids = await Promise.all(local.map((reference) => images.idOf(reference)));
      const given = machine.env[variable];
      const choice = choose({ official, standIn, given }, (reference) => ids[local.indexOf(reference)] !== undefined);
      if (!choice) return `neither ${official} nor a stand-in for it is there`;
      chosen.set(variable, choice.reference);
      return undefined;
    },
    commands: () => [`docker pull ${official}`],
    async run(tell) {
      const whyNot = await pull(machine, entry, { hasFallback: standIns.canBuild(), tell });
      const reference = whyNot ? standIn : official;
      if (whyNot) {
        tell(`building a stand-in for ${official} (its registry: ${whyNot})`);
        await standIns.build(entry);
      }
      await images.added(reference);
      chosen.set(variable, reference);
      return whyNot ? `stand-in for ${official} built` : `${official} pulled`;
    },
  };
}

/**
 * Why the official image cannot be had; undefined when it was pulled.
 * @param {Machine} machine @param {{ variable: string, official: string }} entry
 * @param {{ hasFallback: boolean, tell: (doing: string) => void }} options
 */
export async function pull(machine, { variable, official }, { hasFallback, tell }) {
  if (machine.env.HEALPROOF_PULL === "no") {
    if (hasFallback) return "HEALPROOF_PULL=no";
    throw new SetUpError(`HEALPROOF_PULL=no forbids to pull ${official}. ${waysOn(machine, variable)}`);
  }
  tell(`asking the registry for ${official}`);
  const firstOutputMs = hasFallback ? ANSWER_LIMIT_MS : PATIENT_ANSWER_LIMIT_MS;
  const result = await machine.run("docker", ["pull", official], { timeoutMs: PULL_LIMIT_MS, firstOutputMs });
  if (result.code === 0) return undefined;
  if (hasFallback) return result.why ?? shortReason(result.stderr);
  throw new SetUpError(`docker pull ${official}: ${failure(result)}\n${waysOn(machine, variable)}`);
}

/** What a person can do where an image can neither be pulled nor built. @param {Machine} machine @param {string} variable */
function waysOn(machine, variable) {
  const given = `Name an image that this machine has or can reach: ${variable}=<its name> npm run setup`;
  if (machine.platform !== "linux" || !machine.has("apt-get")) return given;
  return `${given}\nOr get what a stand-in is built with: sudo apt-get install mmdebstrap`;
}

/** The end of the engine's chain of reasons. @param {string} stderr */
const shortReason = (stderr) => stderr.trim().split("\n").at(-1)?.split(": ").at(-1) ?? "";

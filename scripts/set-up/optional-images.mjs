// Images that nothing can stand in for and the stack can do without. Each is a Compose profile: active where its image is
// in reach, left out with one line where it is not. A registry that did not answer is not asked again.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { manifest, pull } from "./images.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {{ variable: string, official: string, profile: string }} OptionalEntry an entry of fixtures/images/images.json */

/** @param {string} root @returns {OptionalEntry[]} */
export function optionalEntries(root) {
  return manifest(root).flatMap(({ variable, official, profile }) =>
    profile ? [{ variable, official, profile }] : [],
  );
}

/**
 * @param {Machine} machine
 * @param {OptionalEntry} entry
 * @param {object} parts
 * @param {import("./local-images.mjs").LocalImages} parts.images
 * @param {Map<string, string>} parts.chosen variable to reference, filled in here
 * @param {Set<string>} parts.profiles the active ones, filled in here
 * @returns {import("./plan.mjs").Step}
 */
export function optionalImage(machine, { variable, official, profile }, { images, chosen, profiles }) {
  const memory = join(machine.root, "node_modules/.cache/healproof", `without-${profile}`);
  const isKnownAway = () => existsSync(memory) && readFileSync(memory, "utf8") === official;

  /** @param {string} reference */
  function use(reference) {
    chosen.set(variable, reference);
    profiles.add(profile);
  }
  return {
    name: `image ${profile}`,
    needs: ["docker engine", "dependencies"],
    async check() {
      const given = machine.env[variable];
      if (given) return void use(given);
      if (await images.idOf(official)) return void use(official);
      // The stack can do without: a set-up that may change nothing, or may ask no registry, does not fail over it.
      if (isKnownAway() || machine.env.HEALPROOF_SETUP === "no" || machine.env.HEALPROOF_PULL === "no")
        return undefined;
      return `${official} is not there`;
    },
    commands: () => [`docker pull ${official}`],
    async run(tell) {
      const whyNot = await pull(machine, { variable, official }, { hasFallback: true, tell });
      if (!whyNot) {
        await images.added(official);
        use(official);
        return `${official} pulled`;
      }
      mkdirSync(dirname(memory), { recursive: true });
      writeFileSync(memory, official);
      return `left out of the stack, there is no stand-in for ${official} (its registry: ${whyNot}); once it is there, the next set-up takes it`;
    },
  };
}

// The images that the engine has already. Asked once in a set-up: what is built or pulled later is added by hand.

import { must } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

/** The checkout that built an image: it alone removes it when it has replaced it. */
export const CHECKOUT_LABEL = "io.healproof.checkout";

/** @param {Machine} machine */
export function localImages(machine) {
  /** @type {Promise<Map<string, string>> | undefined} */
  let known;
  const all = () => {
    known ??= list(machine, []);
    return known;
  };
  return {
    /** Id of an image, undefined when the engine has none of that name. @param {string} reference */
    idOf: async (reference) => (await all()).get(reference),
    /** Whether there is an image of that name, under any tag. @param {string} name */
    hasAny: async (name) => [...(await all()).keys()].some((reference) => repository(reference) === name),
    /** Takes notice of an image that was just pulled or built. @param {string} reference */
    async added(reference) {
      const id = await must(machine, "docker", ["image", "inspect", "--format", "{{.Id}}", reference], {
        timeoutMs: 20_000,
      });
      (await all()).set(reference, id.trim());
    },
    /**
     * Removes what this checkout built and has replaced: the same name under another tag. What a container still uses
     * stays. @param {readonly string[]} current references in use now
     */
    async removeReplaced(current) {
      const ours = await list(machine, ["--filter", `label=${CHECKOUT_LABEL}=${machine.root}`]);
      for (const reference of replaced([...ours.keys()], current))
        await machine.run("docker", ["rmi", reference], { timeoutMs: 60_000 });
    },
  };
}

/** @typedef {ReturnType<typeof localImages>} LocalImages */

/** @param {readonly string[]} ours @param {readonly string[]} current */
export function replaced(ours, current) {
  const names = new Set(current.map(repository));
  return ours.filter((reference) => names.has(repository(reference)) && !current.includes(reference));
}

/** @param {Machine} machine @param {readonly string[]} filters @returns {Promise<Map<string, string>>} */
async function list(machine, filters) {
  const format = "{{.Repository}}:{{.Tag}} {{.ID}}";
  const lines = await must(machine, "docker", ["images", "--no-trunc", ...filters, "--format", format], {
    timeoutMs: 20_000,
  });
  return imagesIn(lines);
}

/** @param {string} lines "reference id" each */
export function imagesIn(lines) {
  /** @type {Map<string, string>} */
  const images = new Map();
  for (const line of lines.split("\n")) {
    const [reference, id] = line.trim().split(" ");
    // Podman writes names in full.
    if (reference && id) images.set(reference.replace(/^(localhost|docker\.io\/library|docker\.io)\//, ""), id);
  }
  return images;
}

/** A reference without its tag. @param {string} reference */
const repository = (reference) => reference.slice(0, reference.lastIndexOf(":"));

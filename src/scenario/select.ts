import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";

/** What the scenarios of a folder, and of those below it, have in common. */
export const defaultsFile = "defaults.yaml";

/** What a selector names: a file or a folder that exists, or else it can only be a word: a scenario's name, or a tag. */
export type Selected =
  | { readonly kind: "files"; readonly files: readonly string[] }
  | { readonly kind: "no-scenario"; readonly message: string }
  | { readonly kind: "word" };

export async function select(root: string, selector: string): Promise<Selected> {
  const path = resolve(root, selector);
  // An empty selector would resolve to the root itself.
  const found = selector.trim() === "" || selector.includes("\0") ? undefined : await stat(path).catch(() => undefined);
  if (found === undefined) return { kind: "word" };
  if (found.isDirectory()) {
    const files = await scenarioFiles(path);
    if (files.length > 0) return { kind: "files", files };
    return { kind: "no-scenario", message: `no scenario in ${selector}: wanted files that end in .yaml or .yml` };
  }
  if (basename(path) === defaultsFile)
    return {
      kind: "no-scenario",
      message: `${selector} is no scenario: it holds what the scenarios in its folder and below have in common`,
    };
  if (isBrokenHealersFile(path))
    return { kind: "no-scenario", message: `${selector} is no scenario: it goes with healproof run --broken` };
  if (!isScenarioFile(path))
    return { kind: "no-scenario", message: `${selector} is no scenario: wanted a file that ends in .yaml or .yml` };
  return { kind: "files", files: [path] };
}

/** Broken healers lie beside the scenarios that they are for, and are told by the name of their file. */
const isBrokenHealersFile = (path: string) => /^broken-healers\.ya?ml$/.test(basename(path));
const isScenarioFile = (path: string) =>
  /\.ya?ml$/.test(path) && basename(path) !== defaultsFile && !isBrokenHealersFile(path);

/** All scenario files below a folder, sorted; none if there is no such folder. */
export async function scenarioFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((it) => (it.isFile() || it.isSymbolicLink()) && isScenarioFile(it.name))
    .map((it) => join(it.parentPath, it.name))
    .filter((path) => !relative(folder, path).split(sep).includes("node_modules"))
    .sort();
}

/** A path as people read it: from the root with forward slashes, or in full where it is not below. */
export function shownPath(root: string, path: string): string {
  const below = relative(root, path);
  if (below === "") return ".";
  return below.startsWith("..") ? path : below.split(sep).join("/");
}

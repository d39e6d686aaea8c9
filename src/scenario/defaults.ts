import { readFile, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { messageOf } from "../errors.ts";
import { merged } from "./merge.ts";
import { parseYaml } from "./parse.ts";
import type { Problem } from "./problem.ts";
import { defaultsFile, shownPath } from "./select.ts";
import { entryOf, placeOf, type WrittenMapping } from "./written.ts";

/** A claim is told apart from others by these. */
const ownKeys = ["name", "claim"] as const;

/** All that the folders above a scenario say, the nearer over the farther. */
export interface Defaults {
  /** Absent where there are none, or where they cannot be told because of the problems. */
  readonly written?: WrittenMapping;
  readonly problems: readonly Problem[];
}

/** Reads each file once. */
export class DefaultsReader {
  readonly #root: string;
  readonly #folders = new Map<string, Promise<Defaults>>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Those of a scenario's folder and of the folders above it: up to the one that holds the repository or, outside of any, up to the
   * root. What lies further up was not written for these scenarios.
   */
  async of(folder: string): Promise<Defaults> {
    const folders = await this.#upwards(folder);
    let all: Defaults = { problems: [] };
    for (const it of folders.reverse()) all = over(await this.#in(it), all);
    return all;
  }

  async #upwards(folder: string): Promise<string[]> {
    const above: string[] = [];
    for (let it = folder; ; it = dirname(it)) {
      above.push(it);
      if (await exists(join(it, ".git"))) return above;
      if (it === dirname(it)) break;
    }
    return isWithin(folder, this.#root) ? above.filter((it) => isWithin(it, this.#root)) : [folder];
  }

  #in(folder: string): Promise<Defaults> {
    const known = this.#folders.get(folder) ?? readDefaults(join(folder, defaultsFile), this.#root);
    this.#folders.set(folder, known);
    return known;
  }
}

function over(near: Defaults, far: Defaults): Defaults {
  const problems = [...near.problems, ...far.problems];
  if (near.written === undefined || far.written === undefined) {
    const written = near.written ?? far.written;
    return written === undefined ? { problems } : { problems, written };
  }
  return { problems, written: merged(near.written, far.written) };
}

async function readDefaults(path: string, root: string): Promise<Defaults> {
  const file = shownPath(root, path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return { problems: [] };
    return { problems: [{ message: `${file} cannot be read: ${messageOf(thrown)}` }] };
  }
  const wanted = "what the scenarios here have in common: stack, ledger, parts …";
  const { written, problems } = parseYaml({ file, folder: dirname(path), wanted }, bytes);
  if (written === undefined) return { problems };
  if (written.kind !== "mapping")
    return { problems: [...problems, { message: `wanted a mapping: ${wanted}`, at: placeOf(written.spot) }] };
  const own = ownKeys.flatMap((key) => {
    const entry = entryOf(written, key);
    const message = `${JSON.stringify(key)} is each scenario's own: it has no place among defaults`;
    return entry === undefined ? [] : [{ message, at: placeOf(entry.key) }];
  });
  return { written, problems: [...problems, ...own] };
}

const isWithin = (path: string, folder: string) => {
  const below = relative(folder, path);
  return below !== ".." && !below.startsWith(`..${sep}`);
};

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

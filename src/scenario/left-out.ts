import { join } from "node:path";
import type { AnyFault } from "../fault/define.ts";
import type { LoadedScenario } from "./load.ts";
import { Reader } from "./read.ts";
import { scenarioFiles, select } from "./select.ts";

/** A scenario that a run leaves out, and why: as its report lists it. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

/** Tags that say by themselves why a scenario is not always run. */
const heavy = ["lab", "slow"];

/**
 * What a choice by tag leaves out of `scenarios/`; nothing where files, folders and scenarios alone are named, as all else is then plainly not
 * meant. A file too broken to tell its name is left out of this too: it is told where it is asked for.
 */
export async function leftOutByTag(
  selectors: readonly string[],
  chosen: readonly LoadedScenario[],
  { faults, root = process.cwd() }: { readonly faults: readonly AnyFault[]; readonly root?: string },
): Promise<LeftOut[]> {
  const selected = await Promise.all(selectors.map(async (it) => ({ it, kind: (await select(root, it)).kind })));
  const words = selected.filter(({ kind }) => kind === "word").map(({ it }) => it);
  if (words.length === 0) return [];
  const reader = new Reader(faults, root);
  const read = await Promise.all((await scenarioFiles(join(root, "scenarios"))).map((file) => reader.read(file)));
  const known = read.flatMap(({ name, tags = [] }) => (name === undefined ? [] : [{ name: name.text, tags }]));
  const tags = words.filter((word) => !known.some(({ name }) => name === word));
  if (tags.length === 0) return [];
  const names = new Set(chosen.map((it) => it.scenario.name));
  return known
    .filter(({ name }) => !names.has(name))
    .map((it) => {
      const tag = heavy.find((tag) => it.tags.includes(tag));
      const why = tag === undefined ? `left out: not tagged ${tags.join(" or ")}` : `left out: tagged ${tag}`;
      return { what: it.name, why };
    });
}

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

/** Of all scenarios those that were not chosen. `by` is the tag that they would have needed, where there is one. */
export function leftOut(
  all: readonly { readonly name: string; readonly tags: readonly string[] }[],
  chosen: readonly LoadedScenario[],
  by: readonly string[] = [],
): LeftOut[] {
  const names = new Set(chosen.map((it) => it.scenario.name));
  return all
    .filter(({ name }) => !names.has(name))
    .map(({ name, tags }) => {
      const tag = heavy.find((it) => tags.includes(it));
      if (tag !== undefined) return { what: name, why: `left out: tagged ${tag}` };
      return { what: name, why: by.length === 0 ? "left out" : `left out: not tagged ${by.join(" or ")}` };
    });
}

/**
 * What a choice by tag leaves out of `scenarios/`; nothing where files and folders alone are named, as all else is then plainly not
 * meant. A file too broken to tell its name is left out of this too: it is told where it is asked for.
 */
export async function leftOutByTag(
  selectors: readonly string[],
  chosen: readonly LoadedScenario[],
  { faults, root = process.cwd() }: { readonly faults: readonly AnyFault[]; readonly root?: string },
): Promise<LeftOut[]> {
  const selected = await Promise.all(selectors.map(async (it) => ({ it, kind: (await select(root, it)).kind })));
  const tags = selected.filter(({ kind }) => kind === "tag").map(({ it }) => it);
  if (tags.length === 0) return [];
  const reader = new Reader(faults, root);
  const read = await Promise.all((await scenarioFiles(join(root, "scenarios"))).map((file) => reader.read(file)));
  const known = read.flatMap(({ name, tags = [] }) => (name === undefined ? [] : [{ name: name.text, tags }]));
  return leftOut(known, chosen, tags);
}

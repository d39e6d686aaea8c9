import { basename, dirname, join } from "node:path";
import type { AnyFault } from "../fault/define.ts";
import type { LoadedScenario } from "./loaded.ts";
import { badScenarios, type Place, type Problem, positionOf } from "./problem.ts";
import { Reader, type ReadFile } from "./read.ts";
import { scenarioFiles, select } from "./select.ts";
import { closest } from "./suggest.ts";

export type { LoadedScenario } from "./loaded.ts";

/**
 * From selectors to checked scenarios: which files, their YAML, the schema, and how the parts fit each other.
 * Every problem of every file is found before any is told.
 */

/**
 * Loads scenarios by FILE, FOLDER (with all below), or NAME or TAG (of the scenarios below `scenarios/`), in that order of
 * precedence; all of `scenarios/` if nothing is selected. Sorted within a folder, each file once.
 * Throws one KnownError (usage) with every problem, in order.
 */
export async function loadScenarios(
  selectors: readonly string[],
  { faults, root = process.cwd() }: { faults: readonly AnyFault[]; root?: string },
): Promise<LoadedScenario[]> {
  const reader = new Reader(faults, root);
  const library = join(root, "scenarios");
  const problems: Problem[] = [];
  const files = new Set<string>();

  for (const selector of selectors.length === 0 ? ["scenarios"] : selectors) {
    const selected = await select(root, selector);
    if (selected.kind === "word" && selectors.length === 0)
      problems.push({ message: "there is no folder scenarios/ here, and no other scenario is named" });
    else if (selected.kind === "files") for (const file of selected.files) files.add(file);
    else if (selected.kind === "no-scenario") problems.push({ message: selected.message });
    else {
      const known = await Promise.all((await scenarioFiles(library)).map((file) => reader.read(file)));
      const named = known.find(({ name }) => name?.text === selector);
      if (named) {
        files.add(named.path);
        continue;
      }
      // A file too broken to tell its tags may have this one: its problems are told.
      const tagged = known.filter(({ tags }) => tags === undefined || tags.includes(selector));
      if (!tagged.some(({ tags }) => tags !== undefined)) problems.push(nothingCalled(selector, known));
      for (const { path } of tagged) files.add(path);
    }
  }

  const read = await Promise.all([...files].map((file) => reader.read(file)));
  problems.push(...once(read.flatMap((it) => it.problems)), ...sameNames(read));
  if (problems.length > 0) throw badScenarios(problems);
  return read.flatMap(({ loaded }) => loaded ?? []);
}

/** What is wrong in a file that several scenarios share is told once, with all for which it was found. */
function once(problems: readonly Problem[]): Problem[] {
  const told = new Map<string, Problem>();
  for (const [index, it] of problems.entries()) {
    const { at, message, usedBy } = it;
    // In each scenario it may be found by another path: recovery.when[0], recovery.when[1].
    const what = message.replace(/^\S+: /, "").replaceAll(/\[\d+\]/g, "[]");
    const key = at === undefined ? String(index) : `${positionOf(at)} ${what}`;
    const other = told.get(key);
    told.set(key, other?.usedBy && usedBy ? { ...other, usedBy: [...other.usedBy, ...usedBy] } : (other ?? it));
  }
  return [...told.values()];
}

/** A name stands for one claim: its reports and containers are called after it. */
function sameNames(read: readonly ReadFile[]): Problem[] {
  const first = new Map<string, Place>();
  return read.flatMap(({ name }) => {
    if (name === undefined) return [];
    const other = first.get(name.text);
    if (other === undefined) first.set(name.text, name.at);
    return other === undefined
      ? []
      : [{ message: `the name "${name.text}" is already taken at ${positionOf(other)}`, at: name.at }];
  });
}

function nothingCalled(selector: string, known: readonly ReadFile[]): Problem {
  const files = known.map(({ file }) => file);
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const byEnd = new Map([...files, ...folders].map((path) => [basename(path), path]));
  const names = known.flatMap(({ name }) => name?.text ?? []);
  const near =
    closest(selector, [...names, ...known.flatMap(({ tags }) => tags ?? []), ...folders, ...files]) ??
    byEnd.get(closest(basename(selector), byEnd.keys()) ?? "");
  const hint = near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
  return { message: `no file, no folder, no scenario and no tag is called ${JSON.stringify(selector)}${hint}` };
}

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import type { AnyFault } from "../fault/define.ts";
import { checkScenario } from "./check.ts";
import { readComposeFacts } from "./compose.ts";
import { DefaultsReader } from "./defaults.ts";
import { explain } from "./explain.ts";
import { type LoadedScenario, loadedScenario } from "./loaded.ts";
import { parseYaml } from "./parse.ts";
import { type Place, type Problem, positionOf } from "./problem.ts";
import { putTogether } from "./put-together.ts";
import { scenarioFileSchema } from "./schema.ts";
import { shownPath } from "./select.ts";
import { locatorOf, plainOf } from "./written.ts";

/** One file, with all that is wrong with it and what can be told of it all the same. */
export interface ReadFile {
  /** Absolute. */
  readonly path: string;
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly tags?: readonly string[];
  readonly name?: { readonly text: string; readonly at: Place };
  readonly loaded?: LoadedScenario;
}

/** Reads each scenario file, each file of defaults and each Compose file once. */
export class Reader {
  readonly #faults: readonly AnyFault[];
  readonly #schema: ReturnType<typeof scenarioFileSchema>;
  readonly #root: string;
  readonly #defaults: DefaultsReader;
  readonly #files = new Map<string, Promise<ReadFile>>();
  readonly #composes = new Map<string, ReturnType<typeof readComposeFacts>>();

  constructor(faults: readonly AnyFault[], root: string) {
    this.#faults = faults;
    this.#root = root;
    this.#schema = scenarioFileSchema(faults);
    this.#defaults = new DefaultsReader(root);
  }

  read(path: string): Promise<ReadFile> {
    return once(this.#files, path, () => this.#read(path));
  }

  async #read(path: string): Promise<ReadFile> {
    const file = shownPath(this.#root, path);
    const folder = dirname(path);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (thrown) {
      return { path, file, problems: [{ message: `${file} cannot be read: ${messageOf(thrown)}` }] };
    }
    const wanted = "a scenario: name, claim, stack, fault, recovery, controls";
    const parsed = parseYaml({ file, folder, wanted }, bytes);
    if (parsed.written === undefined) return { path, file, problems: parsed.problems };
    const defaults = await this.#defaults.of(folder);
    // What scenarios would be with defaults that cannot be read is anybody's guess.
    if (defaults.problems.length > 0) return { path, file, problems: [...parsed.problems, ...defaults.problems] };

    const { written, problems: ownProblems } = putTogether(parsed.written, defaults.written, this.#schema, folder);
    const at = locatorOf(written);
    const value = plainOf(written);
    const known = [...parsed.problems, ...ownProblems];

    const outline = z.looseObject({ name: anything, tags: anything, stack: anything }).safeParse(value);
    const tags = z.array(z.string()).default([]).safeParse(outline.data?.tags);
    const name = z.string().safeParse(outline.data?.name);
    const composeName = z.object({ compose: z.string().min(1) }).safeParse(outline.data?.stack);
    const compose = composeName.success ? resolve(folder, composeName.data.compose) : undefined;
    const looked = compose === undefined ? {} : this.#compose(compose);
    const facts = "problem" in looked ? {} : looked;

    const checked = this.#schema.safeParse(value);
    const found = checked.success
      ? checkScenario(checked.data, { compose: facts, faults: this.#faults }, at)
      : explain(this.#schema, value, at);
    if ("problem" in looked) found.push({ message: looked.problem, at: at(["stack", "compose"]) });
    const news = found.filter((it) => !known.some((other) => byPlace(it, other) === 0));
    const problems = [...known, ...news].sort(byPlace).map((it) => withUse(it, file));
    return {
      path,
      file,
      problems,
      ...(outline.success && tags.success ? { tags: tags.data } : {}),
      ...(name.success ? { name: { text: name.data, at: at(["name"]) } } : {}),
      ...(checked.success && compose !== undefined && problems.length === 0
        ? { loaded: loadedScenario({ file, scenario: checked.data, written: value, compose, facts }) }
        : {}),
    };
  }

  #compose(path: string) {
    return once(this.#composes, path, () => readComposeFacts(path, shownPath(this.#root, path)));
  }
}

const anything = z.unknown().optional();

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** What is wrong in a file that scenarios share is said with the scenario that it was found for. */
function withUse(problem: Problem, file: string): Problem {
  const { at } = problem;
  if (at === undefined || at.file === file) return problem;
  return { ...problem, usedBy: [at.usedAt?.file === file ? positionOf(at.usedAt) : file] };
}

const byPlace = (a: Problem, b: Problem) =>
  (a.at?.file ?? "").localeCompare(b.at?.file ?? "") ||
  (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
  (a.at?.column ?? 0) - (b.at?.column ?? 0);

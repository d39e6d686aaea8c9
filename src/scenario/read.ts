import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import type { AnyFault } from "../fault/define.ts";
import { type Duration, duration, ms } from "../time.ts";
import { checkScenario } from "./check.ts";
import { type ComposeFacts, readComposeFacts, startedServices } from "./compose.ts";
import { explain } from "./explain.ts";
import { type Parsed, parseYaml } from "./parse.ts";
import type { Place, Problem } from "./problem.ts";
import { type Scenario, scenarioSchema } from "./schema.ts";
import { shownPath } from "./select.ts";
import { closest } from "./suggest.ts";

/**
 * A fault as the scenario writes it: its own parameters unread, for the fault's own schema to read at each border; those that the
 * engine adds (`at`, `for`) read.
 */
interface WrittenFault {
  readonly kind: string;
  readonly params: Record<string, unknown>;
  readonly at: Duration;
  readonly for?: Duration;
}

/** A scenario that has passed every check. Plain data. */
export interface LoadedScenario {
  /** Relative to the root where it is below, with forward slashes. */
  readonly file: string;
  readonly scenario: Scenario;
  /** In the order in which they are written. */
  readonly faults: readonly WrittenFault[];
  readonly afterwards?: WrittenFault;
  /** The Compose file: relative to the working directory where it is below, else absolute. */
  readonly compose: string;
  /** Its services, where they can be told. */
  readonly services?: readonly string[];
  /** Those of them that are started, where that can be told. */
  readonly started?: readonly string[];
}

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

/** Reads each scenario file and each Compose file once. */
export class Reader {
  readonly #schema: ReturnType<typeof scenarioSchema>;
  readonly #root: string;
  readonly #files = new Map<string, Promise<ReadFile>>();
  readonly #composes = new Map<string, ReturnType<typeof readComposeFacts>>();

  constructor(faults: readonly AnyFault[], root: string) {
    this.#root = root;
    this.#schema = scenarioSchema(faults);
  }

  read(path: string): Promise<ReadFile> {
    return once(this.#files, path, () => this.#read(path));
  }

  async #read(path: string): Promise<ReadFile> {
    const file = shownPath(this.#root, path);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (thrown) {
      return { path, file, problems: [{ message: `${file} cannot be read: ${messageOf(thrown)}` }] };
    }
    const parsed = parseYaml(file, bytes);
    if (!("value" in parsed)) return { path, file, problems: parsed.problems };

    const outline = z.looseObject({ name: anything, tags: anything, stack: anything }).safeParse(parsed.value);
    const tags = z.array(z.string()).default([]).safeParse(outline.data?.tags);
    const name = z.string().safeParse(outline.data?.name);
    const composeName = z.object({ compose: z.string().min(1) }).safeParse(outline.data?.stack);
    const compose = composeName.success ? resolve(dirname(path), composeName.data.compose) : undefined;
    const { facts, problems: composeProblems } = await this.#compose(compose, parsed);

    const checked = this.#schema.safeParse(parsed.value);
    const found = checked.success
      ? checkScenario(checked.data, facts, parsed.at)
      : explain(this.#schema, parsed.value, parsed.at);
    const news = found.filter((it) => !parsed.problems.some((known) => byPlace(it, known) === 0));
    const problems = [...parsed.problems, ...news, ...composeProblems].sort(byPlace);
    return {
      path,
      file,
      problems,
      ...(outline.success && tags.success ? { tags: tags.data } : {}),
      ...(name.success ? { name: { text: name.data, at: parsed.at(["name"]) } } : {}),
      ...(checked.success && compose !== undefined && problems.length === 0
        ? { loaded: this.#loaded(file, checked.data, parsed.value, compose, facts) }
        : {}),
    };
  }

  async #compose(path: string | undefined, { at }: Parsed): Promise<{ facts: ComposeFacts; problems: Problem[] }> {
    if (path === undefined) return { facts: {}, problems: [] };
    const say = (message: string) => ({ facts: {}, problems: [{ message, at: at(["stack", "compose"]) }] });
    const shown = shownPath(this.#root, path);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return say(`no such Compose file: ${shown}${await besides(path)}`);
    if (!found.isFile()) return say(`${shown} is no file; wanted a Compose file`);
    const facts = await once(this.#composes, path, () => readComposeFacts(path));
    return "unreadable" in facts ? say(`the Compose file ${shown} ${facts.unreadable}`) : { facts, problems: [] };
  }

  #loaded(
    file: string,
    scenario: Scenario,
    value: unknown,
    compose: string,
    { services }: ComposeFacts,
  ): LoadedScenario {
    const written = writtenFaults.parse(value);
    return {
      file,
      scenario,
      faults: [...(written.fault ? [written.fault] : []), ...(written.faults ?? [])].map(faultOf),
      ...(written.afterwards ? { afterwards: faultOf(written.afterwards.fault) } : {}),
      compose: shownPath(process.cwd(), compose),
      ...(services ? { services: [...services.keys()] } : {}),
      ...(services ? { started: [...startedServices(services, scenario.stack.services)] } : {}),
    };
  }
}

function faultOf(written: z.output<typeof writtenFault>): WrittenFault {
  const [kind = "", { at, for: lasts, ...params } = {}] = Object.entries(written)[0] ?? [];
  return {
    kind,
    params,
    at: duration.optional().parse(at) ?? ms(0),
    ...(lasts === undefined ? {} : { for: duration.parse(lasts) }),
  };
}

const anything = z.unknown().optional();
const writtenFault = z.record(z.string(), z.record(z.string(), z.unknown()));
const writtenFaults = z.looseObject({
  fault: writtenFault.optional(),
  faults: z.array(writtenFault).optional(),
  afterwards: z.looseObject({ fault: writtenFault }).optional(),
});

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

const byPlace = (a: Problem, b: Problem) =>
  (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0);

/** What else lies where a Compose file was looked for. */
async function besides(path: string): Promise<string> {
  const folder = dirname(path);
  const entries = await readdir(folder).catch(() => undefined);
  if (entries === undefined) return " (its folder does not exist)";
  const yaml = entries.filter((it) => /\.ya?ml$/.test(it));
  const near = closest(basename(path), yaml);
  if (near !== undefined) return `; did you mean ${JSON.stringify(near)}?`;
  return yaml.length === 0 ? "" : ` (there are ${yaml.sort().join(", ")})`;
}

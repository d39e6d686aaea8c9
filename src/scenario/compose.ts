import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { linksOf } from "./links.ts";
import { closest } from "./suggest.ts";

/** What a scenario's check has to know of a Compose file. Compose itself reads the rest. */
export interface ComposeFacts {
  /** Absent where they cannot be told from this file alone (it includes others). */
  readonly services?: ReadonlyMap<string, ComposeService>;
}

export interface ComposeService {
  readonly dependsOn: readonly string[];
  /** The names under which it is found inside the stack's network. */
  readonly names: readonly string[];
  /** How many containers it has. Absent where that cannot be told from this file alone. */
  readonly replicas?: number;
  /** Whether its containers have a limit of memory. Absent where that cannot be told from this file alone. */
  readonly memoryLimited?: boolean;
  /** Of a Toxiproxy, as far as this file tells. */
  readonly links?: readonly string[];
}

const names = z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform((it) => Object.keys(it))]);
const network = z.looseObject({ aliases: z.array(z.string()).optional() }).nullish();
const service = z.looseObject({
  container_name: z.string().optional(),
  depends_on: names.optional(),
  extends: z.unknown().optional(),
  scale: z.unknown().optional(),
  mem_limit: z.unknown().optional(),
  deploy: z
    .looseObject({
      replicas: z.unknown().optional(),
      resources: z
        .looseObject({ limits: z.looseObject({ memory: z.unknown().optional() }).nullish() })
        .nullish()
        .catch(undefined),
    })
    .nullish(),
  networks: z.union([z.array(z.string()), z.record(z.string(), network)]).optional(),
});
const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  include: z.unknown().optional(),
});

/**
 * Reads what a check needs straight from the file, without Compose; or says what is wrong with it, by the name that people know it
 * by.
 */
export function readComposeFacts(file: string, shown: string): ComposeFacts | { readonly problem: string } {
  const found = lookAt(file);
  if (found === undefined) return { problem: `no such Compose file: ${shown}${besides(file)}` };
  if (!found.isFile()) return { problem: `${shown} is no file; wanted a Compose file` };
  const unreadable = (why: string) => ({ problem: `the Compose file ${shown} ${why}` });
  let value: unknown;
  try {
    const document = parseDocument(readFileSync(file, "utf8"), { merge: true, logLevel: "error" });
    if (document.errors[0]) return unreadable(`is not valid YAML: ${document.errors[0].message.split("\n")[0]}`);
    value = document.toJS();
  } catch (thrown) {
    return unreadable(`cannot be read: ${messageOf(thrown)}`);
  }
  const parsed = composeFile.safeParse(value);
  if (!parsed.success)
    return z.looseObject({ services: z.unknown() }).safeParse(value).success ? {} : unreadable("has no services");
  if (parsed.data.include !== undefined) return {};
  return {
    services: new Map(
      Object.entries(parsed.data.services).map(([name, it]): [string, ComposeService] => {
        const links = linksOf(it, dirname(file));
        const named = [name, it.container_name ?? [], aliasesOf(it)].flat(2);
        const facts = { dependsOn: it.depends_on ?? [], names: named, ...replicasOf(it), ...memoryLimitOf(it) };
        return [name, { ...facts, ...(links ? { links } : {}) }];
      }),
    ),
  };
}

/** What it extends may say how many, and a variable stands for what is not known here. */
function replicasOf({ scale, deploy, extends: base }: z.output<typeof service>): { readonly replicas?: number } {
  const said = scale ?? deploy?.replicas ?? (base === undefined ? 1 : undefined);
  return typeof said === "number" ? { replicas: said } : {};
}

/** A variable may stand for any, and what it extends may have one. */
function memoryLimitOf(it: z.output<typeof service>): { readonly memoryLimited?: boolean } {
  const said = [it.mem_limit, it.deploy?.resources?.limits?.memory].flatMap((limit) =>
    limit === undefined || limit === null ? [] : [`${limit}`],
  );
  if (said.some((limit) => limit.includes("$"))) return {};
  if (said.some((limit) => !/^(-.*|0+(\.0*)?[a-z]*)$/i.test(limit))) return { memoryLimited: true };
  return it.extends === undefined || said.length > 0 ? { memoryLimited: false } : {};
}

const aliasesOf = ({ networks }: z.output<typeof service>): string[] =>
  networks === undefined || Array.isArray(networks) ? [] : Object.values(networks).flatMap((it) => it?.aliases ?? []);

/** The named services and all that they depend on; all of the file unless told. */
export function startedServices(services: ReadonlyMap<string, ComposeService>, named?: readonly string[]): Set<string> {
  if (named === undefined) return new Set(services.keys());
  const started = new Set<string>();
  const open = [...named];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (started.has(name)) continue;
    started.add(name);
    open.push(...(services.get(name)?.dependsOn ?? []));
  }
  return started;
}

function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** What else lies where a Compose file was looked for. */
function besides(path: string): string {
  let entries: string[];
  try {
    entries = readdirSync(dirname(path));
  } catch {
    return " (its folder does not exist)";
  }
  const yaml = entries.filter((it) => /\.ya?ml$/.test(it));
  const near = closest(basename(path), yaml);
  if (near !== undefined) return `; did you mean ${JSON.stringify(near)}?`;
  return yaml.length === 0 ? "" : ` (there are ${yaml.sort().join(", ")})`;
}

import { dirname, resolve } from "node:path";
import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import type { Overrides } from "../scenario/schema.ts";
import { compose } from "./compose.ts";
import { refuseFixedAddressesIn, withoutFixedAddresses } from "./fixed-addresses.ts";
import { label } from "./labels.ts";

/**
 * A Compose file as Compose itself reads it (variables filled in, paths absolute, extensions merged), and how it is made into
 * one trial's own: another project, no published ports, our labels, a control's or a variant's changes.
 */

const named = z.looseObject({ name: z.string().optional(), external: z.boolean().optional() }).nullable();
const service = z.looseObject({
  image: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).nullish(),
  scale: z.int().optional(),
  deploy: z.looseObject({ replicas: z.int().optional() }).optional(),
  build: z.unknown().optional(),
  restart: z.string().optional(),
  environment: z.record(z.string(), z.string().nullable()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  healthcheck: z
    .looseObject({
      disable: z.boolean().optional(),
      interval: z.string().optional(),
      timeout: z.string().optional(),
      start_period: z.string().optional(),
      retries: z.number().optional(),
    })
    .optional(),
  depends_on: z
    .record(z.string(), z.looseObject({ condition: z.string().optional(), required: z.boolean().optional() }))
    .optional(),
  command: z.array(z.string()).nullable().optional(),
  container_name: z.string().optional(),
  networks: z.record(z.string(), z.looseObject({ aliases: z.array(z.string()).optional() }).nullable()).nullish(),
  ports: z
    .array(
      z.looseObject({
        published: z.union([z.string(), z.number()]).optional(),
        host_ip: z.string().optional(),
        protocol: z.string().optional(),
      }),
    )
    .optional(),
});
/** As Compose prints it. */
export const composeModel = z.looseObject({
  name: z.string().optional(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), named).optional(),
  volumes: z.record(z.string(), named).optional(),
});
export type ComposeModel = z.output<typeof composeModel>;

/**
 * Asks Compose for its own reading of the file, with these variables before those of the environment and of its `.env`; with the
 * services of the profiles that are active, or of all.
 */
export async function readComposeModel(
  file: string,
  variables: Readonly<Record<string, string>> = {},
  profiles: "active" | "all" = "active",
): Promise<ComposeModel> {
  const which = profiles === "all" ? ["--profile", "*"] : [];
  const text = await compose(["-f", file, ...which, "config", "--format", "json"], { variables });
  const parsed = composeModel.safeParse(JSON.parse(text));
  if (parsed.success) return withAbsoluteSeccompFiles(parsed.data, dirname(resolve(file)));
  throw new KnownError("bad-compose", `${file} is not a Compose file that healproof understands`, {
    facts: { reason: z.prettifyError(parsed.error) },
    exitCode: exitCode.usage,
  });
}

const seccompFile = /^(seccomp[:=])(?!unconfined$|builtin$)(.+)$/;

/** All paths are absolute in what Compose prints, but those of seccomp profiles; a trial's file stands in another folder. */
function withAbsoluteSeccompFiles(model: ComposeModel, folder: string): ComposeModel {
  const absolute = (option: string) => option.replace(seccompFile, (_, key, path) => `${key}${resolve(folder, path)}`);
  const services = Object.entries(model.services).map(([name, it]) => [
    name,
    it.security_opt ? { ...it, security_opt: it.security_opt.map(absolute) } : it,
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

/** The named services and everything that they depend on, in the file's order; all if none are named. */
export function servicesWanted(model: ComposeModel, wanted: readonly string[] | undefined): string[] {
  const all = Object.keys(model.services);
  if (!wanted) return all;
  const needed = new Set<string>();
  const need = (name: string) => {
    if (needed.has(name)) return;
    requireService(model, name);
    needed.add(name);
    // Compose leaves out services of a profile that is not active, but not that others may depend on them.
    for (const [dependency, { required }] of Object.entries(model.services[name]?.depends_on ?? {}))
      if (required !== false || Object.hasOwn(model.services, dependency)) need(dependency);
  };
  for (const name of wanted) need(name);
  return all.filter((name) => needed.has(name));
}

function requireService(model: ComposeModel, name: string): void {
  if (Object.hasOwn(model.services, name)) return;
  throw new KnownError("no-such-service", `the stack has no service ${name}`, {
    facts: { "its services": Object.keys(model.services).join(", ") },
    exitCode: exitCode.usage,
  });
}

export interface Tailoring {
  readonly project: string;
  readonly services: readonly string[];
  readonly overrides: Overrides;
  readonly labels: Readonly<Record<string, string>>;
  /** With all that is fixed to this machine. `none` unless told: stacks of trials run side by side. */
  readonly ports?: "none" | "kept";
}

/**
 * The file of one trial. Published ports, fixed names and fixed addresses go, so that stacks run side by side and never meet a
 * person's own; what is declared external stays. Refuses a stack that would not work without them.
 */
export function tailor(original: ComposeModel, tailoring: Tailoring): ComposeModel {
  if (tailoring.ports === "kept") return tailored(original, tailoring);
  const copy = tailored(withoutFixedAddresses(original), tailoring);
  refuseFixedAddressesIn(copy, original);
  return copy;
}

function tailored(
  model: ComposeModel,
  { project, services, overrides, labels, ports: published }: Tailoring,
): ComposeModel {
  for (const name of Object.keys(overrides)) requireService(model, name);
  const own = (things: ComposeModel["networks"]) =>
    Object.fromEntries(
      Object.entries(things ?? {}).map(([key, thing]) => {
        if (thing?.external) return [key, thing];
        const { name: _fixed, labels: theirs, ...rest } = thing ?? {};
        return [key, { ...rest, labels: { ...(theirs ?? {}), ...labels } }];
      }),
    );
  const changed = services.map((name): [string, ComposeModel["services"][string]] => {
    // It is wanted, so its profile is of no account any more.
    const { ports, profiles: _, ...rest } = withAliasForName(model.services[name] ?? {});
    const it = overridden(rest, overrides[name] ?? {});
    return [
      name,
      {
        ...it,
        ...(published === "kept" && ports ? { ports } : {}),
        labels: { ...it.labels, ...labels },
      },
    ];
  });
  return {
    ...model,
    name: project,
    services: Object.fromEntries(changed),
    networks: own({ default: null, ...model.networks }),
    volumes: own(model.volumes),
  };
}

/** A service of the file with what is changed in it. */
export function overridden(service: ComposeModel["services"][string], override: Overrides[string]) {
  const { environment, labels, ...changes } = literal(override);
  return {
    ...service,
    ...changes,
    environment: { ...service.environment, ...environment },
    labels: { ...service.labels, ...labels },
  };
}

/** A container's fixed name is one on the whole machine. As an alias it is still found, by its own stack alone. */
function withAliasForName({ container_name: fixed, networks, ...rest }: ComposeModel["services"][string]) {
  if (!fixed || !networks) return { ...rest, ...(networks ? { networks } : {}) };
  const aliased = Object.entries(networks).map(([key, it]) => [
    key,
    { ...it, aliases: [...new Set([...(it?.aliases ?? []), fixed])] },
  ]);
  return { ...rest, networks: Object.fromEntries(aliased) };
}

/** Compose fills variables into what it reads: a `$` in a scenario's own text stands for itself, as it does in Compose's reading of the file. */
function literal({ environment, labels, command, logging, ...rest }: Overrides[string]): Overrides[string] {
  const escaped = (text: string) => text.replaceAll("$", "$$$$");
  const each = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, escaped(value)]));
  return {
    ...rest,
    ...(environment ? { environment: each(environment) } : {}),
    ...(labels ? { labels: each(labels) } : {}),
    ...(command ? { command: command.map(escaped) } : {}),
    ...(logging ? { logging: { driver: escaped(logging.driver), options: each(logging.options) } } : {}),
  };
}

/** What everything of one trial's stack is marked with. */
export const labelsOf = (run: string, trial: string, owner: string): Record<string, string> => ({
  [label.run]: run,
  [label.trial]: trial,
  [label.owner]: owner,
});

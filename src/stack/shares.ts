import { basename, dirname, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import type { ComposeModel } from "./compose-file.ts";

/**
 * What makes a stack meet what is outside it, such as a folder that it writes to or the host's network: breaking the stack may then
 * break what a person runs. Refused, unless the scenario says by name (`stack.shares`) that it is meant.
 */

const service = z.looseObject({
  volumes: z
    .array(
      z.looseObject({
        type: z.string(),
        source: z.string().optional(),
        target: z.string(),
        read_only: z.boolean().optional(),
      }),
    )
    .nullish(),
  networks: z.record(z.string(), z.unknown()).nullish(),
  network_mode: z.string().nullish(),
  pid: z.string().nullish(),
  ipc: z.string().nullish(),
  uts: z.string().nullish(),
  privileged: z.boolean().nullish(),
  devices: z.array(z.looseObject({ source: z.string() })).nullish(),
  volumes_from: z.array(z.string()).nullish(),
  external_links: z.array(z.string()).nullish(),
});
const network = z.looseObject({
  name: z.string().optional(),
  external: z.boolean().optional(),
  driver: z.string().optional(),
});
const volume = z.looseObject({
  name: z.string().optional(),
  external: z.boolean().optional(),
  driver_opts: z.record(z.string(), z.unknown()).nullish(),
});

/** What a fault may do beside the stack, listed as what a stack shares is. */
export const hostCommands = "host commands";

interface Share {
  /** As a scenario lists it. */
  readonly name: string;
  /** Other ways to write it. */
  readonly also?: string;
}

export interface Sharing {
  /** The Compose file: paths below its folder are named from there. */
  readonly file: string;
  readonly services: readonly string[];
  /** What the scenario accepts, by name. */
  readonly shares: readonly string[];
}

/** Refuses what the started services share with anything outside the stack and the scenario does not list. */
export function refuseShares(model: ComposeModel, { file, services, shares }: Sharing): void {
  const found = services.flatMap((name) =>
    sharesOf(model, name, dirname(resolve(file)))
      .filter((it) => !shares.includes(it.name) && !(it.also !== undefined && shares.includes(it.also)))
      .map((it) => ({ service: name, share: it.name })),
  );
  if (found.length === 0) return;
  const names = [...new Set(found.map((it) => it.share))];
  throw new KnownError("shared", `the stack of ${file} shares what may not be its own, so breaking it may break that`, {
    facts: {
      shared: found.map((it) => `${it.service}: ${it.share}`).join("\n"),
      try: `take it out of the Compose file (a mount may be read-only); or, where it is meant, list it in the scenario:\nstack.shares: ${JSON.stringify(names)}`,
    },
    exitCode: exitCode.usage,
  });
}

function sharesOf(model: ComposeModel, name: string, folder: string): Share[] {
  const it = service.parse(model.services[name] ?? {});
  const modes = (["network_mode", "pid", "ipc", "uts"] as const).flatMap((key): Share[] => {
    const mode = it[key];
    return mode === "host" || mode?.startsWith("container:") ? [{ name: `${key} ${mode}` }] : [];
  });
  const networks = Object.keys(it.networks ?? {}).flatMap((key): Share[] => {
    const { external, name: fixed, driver = "bridge" } = network.parse(model.networks?.[key] ?? {});
    if (external) return [{ name: `external network ${fixed ?? key}` }];
    // Such as macvlan, which puts containers on the network that the machine itself is on.
    return driver === "bridge" || driver === "default" ? [] : [{ name: `${driver} network ${key}` }];
  });
  const links = (it.external_links ?? []).map((link): Share => ({ name: `external link ${link.split(":")[0]}` }));
  const borrowed = (it.volumes_from ?? [])
    .filter((from) => from.startsWith("container:"))
    .map((from): Share => ({ name: `volumes_from ${from.split(":").slice(0, 2).join(":")}` }));
  const devices = (it.devices ?? []).map(({ source }): Share => ({ name: `device ${source}` }));
  const privileged: Share[] = it.privileged ? [{ name: "privileged" }] : [];
  const mounts = (it.volumes ?? []).flatMap(({ type, source, target, read_only: readOnly }): Share[] => {
    if (source === undefined) return [];
    if (type === "bind") return bindShares(source, target, readOnly ?? false, folder);
    if (type !== "volume" || readOnly) return [];
    const { name: fixed, external, driver_opts: options } = volume.parse(model.volumes?.[source] ?? {});
    if (external) return [{ name: `external volume ${fixed ?? source}` }];
    // A volume that is a mount of something: a folder of the host, a file server.
    return options?.device !== undefined && options.type !== "tmpfs" ? [{ name: `volume ${source}` }] : [];
  });
  return [...privileged, ...modes, ...networks, ...links, ...mounts, ...borrowed, ...devices];
}

const isSocket = (path: string) => /^(docker|podman|containerd)\.sock$/.test(basename(path));

/** Whoever reads the engine's socket may do anything with it, so read-only makes no difference there. It is named as the container has it: it lies elsewhere on each machine. */
function bindShares(source: string, target: string, readOnly: boolean, folder: string): Share[] {
  if (isSocket(source) || isSocket(target)) return [{ name: target, also: source }];
  const holdsSocket = ["/", "/run", "/var", "/var/run"].includes(source);
  if (readOnly && !holdsSocket) return [];
  const below = relative(folder, source);
  const near = below !== ".." && !below.startsWith(`..${sep}`);
  return [near ? { name: `bind ./${below}`, also: `bind ${source}` } : { name: `bind ${source}` }];
}

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

/**
 * The links of a service that is a Toxiproxy: the proxies in the file that its command names (`-config`), where a mount says which file
 * beside the Compose file that is. Undefined where the Compose file does not tell.
 */
export function linksOf(service: unknown, folder: string): readonly string[] | undefined {
  const { command, volumes } = mounting.safeParse(service).data ?? { command: [], volumes: [] };
  const file = /(?:^| )--?config[= ](\S+)/.exec([command].flat().join(" "))?.[1];
  if (file === undefined) return undefined;
  const mount = volumes.map(mountOf).find((it) => file === it.target || file.startsWith(`${it.target}/`));
  // Its variables are Compose's to fill in.
  if (!mount || mount.source.includes("$")) return undefined;
  return namesIn(resolve(folder, `${mount.source}${file.slice(mount.target.length)}`));
}

const volume = z.union([z.string(), z.looseObject({ source: z.string().default(""), target: z.string() })]);
const mounting = z.looseObject({
  command: z.union([z.string(), z.array(z.string())]).default([]),
  volumes: z.array(volume).default([]),
});

function mountOf(it: z.output<typeof volume>): { readonly source: string; readonly target: string } {
  if (typeof it !== "string") return it;
  const [source = "", target = ""] = it.split(":");
  return { source, target };
}

const proxies = z.array(z.looseObject({ name: z.string() }));

/** What cannot be read tells nothing: Toxiproxy will say what is wrong with it. */
function namesIn(file: string): readonly string[] | undefined {
  try {
    return proxies.safeParse(JSON.parse(readFileSync(file, "utf8"))).data?.map(({ name }) => name);
  } catch {
    return undefined;
  }
}

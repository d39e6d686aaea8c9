import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** The helper programs, each as one file without imports. */
const bundles = z.strictObject({ probe: z.string(), hand: z.string(), wire: z.string() });
export type HelperBundles = z.output<typeof bundles>;

/** Where this healproof is: a repository, or an installed package. */
export const installationFolder = fileURLToPath(new URL("../../", import.meta.url));
const thisFile = fileURLToPath(import.meta.url);
const cacheFile = join(installationFolder, "node_modules", ".cache", "healproof", "helpers.json");

/**
 * The bundles: in the repository made from the sources when those have changed; in an installed package, which is
 * compiled, read from `helpers/` beside this file.
 */
export async function helperBundles(): Promise<HelperBundles> {
  if (!thisFile.endsWith(".ts")) {
    const read = (name: string) => readFile(new URL(`./helpers/${name}.mjs`, import.meta.url), "utf8");
    return { probe: await read("probe"), hand: await read("hand"), wire: await read("wire") };
  }
  return (await cached()) ?? (await bundleHelpers());
}

/** Names what the bundles hold. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, 12);
}

const cache = z.strictObject({
  inputs: z.array(z.strictObject({ file: z.string(), state: z.string() })),
  bundles,
});

/** Bundling takes about 0.1 s and esbuild's start as much again; looking at the inputs' times takes 2 ms. */
async function cached(): Promise<HelperBundles | undefined> {
  try {
    const kept = cache.parse(JSON.parse(await readFile(cacheFile, "utf8")));
    const states = await Promise.all(kept.inputs.map(({ file }) => stateOf(file)));
    return states.every((state, index) => state === kept.inputs[index]?.state) ? kept.bundles : undefined;
  } catch {
    // None yet, of another form, or an input is gone: made anew.
    return undefined;
  }
}

/** Bundles the helper programs from their sources. */
async function bundleHelpers(): Promise<HelperBundles> {
  const { build } = await import("esbuild");
  const files = new Set([relative(installationFolder, thisFile)]);
  const bundle = async (entry: string): Promise<string> => {
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      absWorkingDir: installationFolder,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      legalComments: "none",
      metafile: true,
      write: false,
      logLevel: "silent",
    });
    for (const file of Object.keys(metafile.inputs)) files.add(file);
    return outputFiles.map(({ text }) => text).join("");
  };
  const made = {
    probe: await bundle("src/observe/probe/main.ts"),
    hand: await bundle("src/fault/hand/main.ts"),
    wire: await bundle("src/fault/wire/main.ts"),
  };
  await keep([...files], made);
  return made;
}

async function keep(files: readonly string[], made: HelperBundles): Promise<void> {
  try {
    const inputs = await Promise.all(files.map(async (file) => ({ file, state: await stateOf(file) })));
    await mkdir(join(cacheFile, ".."), { recursive: true });
    // Whole or not at all: another run may read it now.
    const temporary = `${cacheFile}.${process.pid}`;
    await writeFile(temporary, JSON.stringify({ inputs, bundles: made }));
    await rename(temporary, cacheFile);
  } catch {
    // Only a cache: without it the next run bundles again.
  }
}

async function stateOf(file: string): Promise<string> {
  const { mtimeMs, size } = await stat(join(installationFolder, file));
  return `${mtimeMs} ${size}`;
}

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { type ComposeModel, composeModel } from "./compose-file.ts";
import { stateFolder } from "./state-folder.ts";

/**
 * How each stack that runs was started: its Compose file, kept while it stays, so that one of its services can be made anew, also by
 * another process. For our eyes only, since it holds the stack's secrets filled in.
 */

const kept = z.strictObject({ version: z.literal(1), project: z.string(), run: z.string(), model: composeModel });

const folderOf = () => stateFolder("stacks");
const fileOf = (project: string, folder: string) => join(folder, `${project}.json`);

export function rememberStack(project: string, run: string, model: ComposeModel, folder: string = folderOf()): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = fileOf(project, folder);
  rmSync(`${file}.part`, { force: true });
  const it: z.input<typeof kept> = { version: 1, project, run, model };
  writeFileSync(`${file}.part`, JSON.stringify(it), { mode: 0o600, flag: "wx" });
  renameSync(`${file}.part`, file);
}

/** Undefined where it is not known. */
export function rememberedStack(project: string, folder: string = folderOf()): ComposeModel | undefined {
  try {
    return kept.parse(JSON.parse(readFileSync(fileOf(project, folder), "utf8"))).model;
  } catch {
    return undefined;
  }
}

export function forgetStack(project: string, folder: string = folderOf()): void {
  for (const end of ["", ".part"]) rmSync(`${fileOf(project, folder)}${end}`, { force: true });
}

/** The stacks that are remembered, with their runs, for whoever knows which are gone. */
export function rememberedStacks(folder: string = folderOf()): { readonly project: string; readonly run: string }[] {
  return namesIn(folder).flatMap((name) => {
    try {
      const { project, run } = kept.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
      return [{ project, run }];
    } catch {
      // Not ours, or of another version: left alone.
      return [];
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw new Error(`the remembered stacks in ${folder} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}

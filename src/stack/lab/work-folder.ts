import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownerLives, ownerMark } from "../labels.ts";

const prefix = "healproof-lab-";

/** A folder for what one use of the lab works with, named after the process that answers for it. Those of dead ones go. */
export function labWorkFolder(): Disposable & { readonly path: string } {
  forgetWorkFoldersOfTheDead();
  const path = mkdtempSync(join(tmpdir(), `${prefix}${ownerMark()}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function forgetWorkFoldersOfTheDead(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${prefix}(\\d+(?:\\.\\d+)?)-\\w{6}$`).exec(name)?.[1];
    if (owner === undefined || ownerLives(owner)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
}

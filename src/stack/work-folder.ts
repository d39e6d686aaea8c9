import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { expected } from "./in-flight.ts";
import { projectPrefix } from "./labels.ts";

/**
 * The folder that a stack's Compose file is written to while it starts. It is for our eyes only, since the file holds the stack's
 * secrets filled in, and says whose it is: a start that was killed may have nothing in the engine yet, and still a Compose process at work.
 */

const mark = z.strictObject({
  run: z.string(),
  owner: z.string(),
  /** What Compose was asked to create. */
  expected,
  labels: z.record(z.string(), z.string()),
});
type Mark = z.output<typeof mark>;
const markFile = "healproof.json";

export interface WorkFolder extends Disposable {
  readonly path: string;
}

export function makeWorkFolder(project: string, whose: Mark): WorkFolder {
  const path = mkdtempSync(join(tmpdir(), `${project}-`));
  writeFileSync(join(path, markFile), JSON.stringify(whose), { mode: 0o600 });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Work folders that are there, with their runs. A folder without our mark is somebody else's. */
export function workFolders(): (Mark & { readonly path: string })[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(projectPrefix))
    .flatMap((name) => {
      const path = join(tmpdir(), name);
      try {
        return [{ path, ...mark.parse(JSON.parse(readFileSync(join(path, markFile), "utf8"))) }];
      } catch {
        return [];
      }
    });
}

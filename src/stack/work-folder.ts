import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { exitCode, KnownError, messageOf } from "../errors.ts";
import { expected } from "./in-flight.ts";
import { label, projectPrefix } from "./labels.ts";
import { stateFolder } from "./state-folder.ts";

/**
 * The folder that a stack's Compose file is written to while it starts: for our eyes only, since the file holds the stack's secrets
 * filled in. A mark in the state folder says whose it is: a start that was killed may have nothing in the engine yet, and still a
 * Compose process at work.
 */

const mark = z
  .strictObject({
    project: z.string(),
    run: z.string().min(1),
    owner: z.string(),
    /** The work folder. */
    path: z.string(),
    /** What Compose was asked to create. */
    expected,
    labels: z.record(z.string(), z.string()),
  })
  // What a mark names is removed by force: nothing but what one of our starts can have made.
  .refine(({ project, run }) => project === `${projectPrefix}${run}` || project.startsWith(`${projectPrefix}${run}-`), {
    message: "the project is not the run's",
  })
  .refine(({ run, labels }) => labels[label.run] === run, { message: "the labels are not the run's" })
  .refine(({ project, path }) => dirname(path) === tmpdir() && basename(path).startsWith(`${project}-`), {
    message: "the folder is not the project's",
  })
  .refine(({ project, expected: { containers } }) => containers.every((it) => it.name.startsWith(`${project}-`)), {
    message: "a container is not the project's",
  })
  .refine(({ project, expected: { volumes } }) => volumes.every((it) => it.startsWith(`${project}_`)), {
    message: "a volume is not the project's",
  });
type Mark = z.output<typeof mark>;

export interface WorkFolder extends Disposable {
  readonly path: string;
}

export function makeWorkFolder(
  project: string,
  whose: Omit<Mark, "project" | "path">,
  starts: string = stateFolder("starts"),
): WorkFolder {
  mkdirSync(starts, { recursive: true, mode: 0o700 });
  const path = mkdtempSync(join(tmpdir(), `${project}-`));
  const file = join(starts, `${project}.json`);
  try {
    writeFileSync(file, JSON.stringify({ project, ...whose, path } satisfies Mark), { mode: 0o600, flag: "wx" });
  } catch (thrown) {
    rmSync(path, { recursive: true, force: true });
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    throw new KnownError("start-under-way", `a start of ${project} is under way, or was killed`, {
      facts: { "its mark": file, try: "wait for it, or healproof clean where it was killed" },
      exitCode: exitCode.usage,
      cause: thrown,
    });
  }
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true });
      rmSync(file, { force: true });
    },
  };
}

export interface Start extends Mark {
  /** Forgets it, with its work folder. */
  forget(): void;
}

/** The starts that are under way or were killed, and the marks that are not to be followed, with the reason. */
export function startsUnderWay(starts: string = stateFolder("starts")): {
  found: Start[];
  damaged: Record<string, string>;
} {
  const found: Start[] = [];
  const damaged: Record<string, string> = {};
  let names: string[] = [];
  try {
    names = readdirSync(starts).filter((name) => name.endsWith(".json"));
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) damaged[starts] = messageOf(thrown);
  }
  for (const name of names) {
    const file = join(starts, name);
    try {
      const it = mark.parse(JSON.parse(readFileSync(file, "utf8")));
      if (name !== `${it.project}.json`) throw new Error(`it is about another project, ${it.project}`);
      const forget = () => {
        rmSync(it.path, { recursive: true, force: true });
        rmSync(file, { force: true });
      };
      found.push({ ...it, forget });
    } catch (thrown) {
      damaged[file] = thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
    }
  }
  return { found, damaged };
}

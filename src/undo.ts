import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { allDone } from "./all-done.ts";
import { KnownError, messageOf } from "./errors.ts";
import type { AnyFault, FaultTools } from "./fault/define.ts";
import { labOf } from "./fault/lab-of.ts";
import { ownerLives, ownerMark } from "./stack/labels.ts";
import { stateFolder } from "./stack/state-folder.ts";
import { startOnceStopped } from "./stack/stopping.ts";

/**
 * The write-ahead list of what must be put back: one small file for each fault that is or is about to be in force, and for each
 * healer that is switched off, kept outside the run's folder so that `clean` finds it wherever it is called. Written and flushed
 * before anything is done, removed once it is undone.
 */

const entry = z.strictObject({
  version: z.literal(2),
  id: z.string(),
  owner: z.string(),
  run: z.string(),
  trial: z.string(),
  project: z.string(),
  undo: z.union([
    /** `aim`: what the fault's own `aim` found out, all that its undo needs. `outlivesStack`: it broke something that is not of the stack. */
    z.strictObject({ fault: z.string(), aim: z.unknown(), outlivesStack: z.literal(true).optional() }),
    /** The services of a healer, which were stopped. */
    z.strictObject({ start: z.array(z.string()).min(1) }),
    /** Units of the lab's machine itself, which were disabled. */
    z.strictObject({ enable: z.array(z.string()).min(1) }),
  ]),
  /** What was done, for people. */
  what: z.string(),
});
export type UndoEntry = z.output<typeof entry>;

/** Whether it is still to be put back once its stack is gone. */
export const outlivesStack = ({ undo }: Pick<UndoEntry, "undo">): boolean =>
  "enable" in undo || ("fault" in undo && undo.outlivesStack === true);

/** What undoes a fault. Of one that reaches outside the stack it is told on the disk: `clean` may not know that fault. */
export const undoOf = ({ kind, shares }: Pick<AnyFault, "kind" | "shares">, aim: unknown): UndoEntry["undo"] => ({
  fault: kind,
  aim,
  ...(shares.length > 0 ? { outlivesStack: true } : {}),
});

export const undoFolder = () => stateFolder("undo");

/** Puts an entry on the disk; when this returns, it survives us. */
export function writeUndo(it: Omit<UndoEntry, "version">, folder: string = undoFolder()): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${it.id}.json`);
  const unfinished = `${file}.${ownerMark()}.part`;
  const fd = openSync(unfinished, "wx", 0o600);
  try {
    // All of it or an error: on a disk that is nearly full, writeSync may write a part and call that success.
    writeFileSync(fd, JSON.stringify({ version: 2, ...it }));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(unfinished, file);
  const directory = openSync(folder, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

export function forgetUndo(id: string, folder: string = undoFolder()): void {
  rmSync(join(folder, `${id}.json`), { force: true });
}

/** Removes entries whose writer was killed before they were whole: what they are of was not begun. How many there were. */
export function forgetUnfinished(folder: string = undoFolder()): number {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder).filter((name) => {
    const owner = /\.json\.([\d.]+)\.part$/.exec(name)?.[1];
    return owner !== undefined && !ownerLives(owner);
  });
  for (const name of names) rmSync(join(folder, name), { force: true });
  return names.length;
}

/**
 * What is left to put back, the last first, as what was done upon another is undone before it: entries whose process is dead (`all`: every
 * entry); and the files that are none, with the reason.
 */
export function leftToUndo(
  options: { all: boolean },
  folder: string = undoFolder(),
): { entries: UndoEntry[]; damaged: Record<string, string> } {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return { entries: [], damaged: {} };
    throw new KnownError("undo-unreadable", `the undo list in ${folder} cannot be read`, {
      facts: { reason: messageOf(thrown), try: "healproof clean as the user who ran healproof" },
      cause: thrown,
    });
  }
  const found: { readonly it: UndoEntry; readonly writtenAt: number }[] = [];
  const damaged: Record<string, string> = {};
  for (const name of names) {
    const file = join(folder, name);
    try {
      const it = entry.parse(JSON.parse(readFileSync(file, "utf8")));
      if (options.all || !ownerLives(it.owner)) found.push({ it, writtenAt: statSync(file).mtimeMs });
    } catch (thrown) {
      const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
      damaged[file] = `not an undo entry of healproof: ${reason}; put back by hand what it names, and remove the file`;
    }
  }
  return { entries: found.toSorted((a, b) => b.writtenAt - a.writtenAt).map(({ it }) => it), damaged };
}

/** Undoes one entry and forgets it. Returns what was done, for people. */
export async function undoEntry(
  it: UndoEntry,
  faults: readonly AnyFault[],
  tools: FaultTools,
  folder: string = undoFolder(),
): Promise<string> {
  const done = await performUndo(it, faults, tools, folder);
  forgetUndo(it.id, folder);
  return done;
}

async function performUndo(
  { id, undo, what }: UndoEntry,
  faults: readonly AnyFault[],
  tools: FaultTools,
  folder: string,
): Promise<string> {
  if ("start" in undo) {
    await allDone(undo.start.map((it) => startOnceStopped(tools.stack, it)));
    return `started ${undo.start.join(", ")}`;
  }
  if ("enable" in undo) {
    await labOf(tools).enable(undo.enable);
    return `enabled ${undo.enable.join(", ")}`;
  }
  const fault = faults.find((candidate) => candidate.kind === undo.fault);
  if (!fault)
    throw new KnownError("unknown-fault", `there is no fault "${undo.fault}" to undo ${what} with`, {
      facts: {
        "known faults": faults.map((known) => known.kind).join(", "),
        try: `putting it back by hand, then removing ${join(folder, `${id}.json`)}`,
      },
    });
  return fault.undo(tools, undo.aim);
}

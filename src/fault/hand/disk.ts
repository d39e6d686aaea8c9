import { randomFillSync } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  type StatsFs,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { DiskLook, Filling } from "./hand.ts";
import { inside } from "./inside.ts";
import { fileSystemOf } from "./mounts.ts";

/** Filling a file system of a container until it has no room left, and making room again. */

const chunkBytes = 2 ** 20;
/** Between them the hand looks after what else it has to do. */
const chunksATurn = 8;

const rootOf = (pid: number) => `/proc/${pid}/root`;

export function lookAt(pid: number, path: string): DiskLook {
  const file = inside(rootOf(pid), path);
  const folder = statSync(dirname(file), { throwIfNoEntry: false });
  const nothing = { there: false, folder: false, shared: "", inMemory: false, available: 0, size: 0 };
  if (!folder?.isDirectory()) return nothing;
  const space = statfsSync(dirname(file));
  const { shared, inMemory } = fileSystemOf(
    readFileSync(`/proc/${pid}/mountinfo`, "utf8"),
    dirname(file).slice(rootOf(pid).length),
    readFileSync("/proc/1/mountinfo", "utf8"),
  );
  return {
    there: statSync(file, { throwIfNoEntry: false }) !== undefined,
    folder: true,
    shared,
    inMemory,
    available: availableIn(space),
    size: space.blocks * space.bsize,
  };
}

/**
 * The share of a file system that is in use, in percent, as `df` says it: of what is used and what is left to others than root. None
 * where the path is not there, or its file system takes up no room.
 */
export function shareOf(pid: number, path: string): number | null {
  const at = inside(rootOf(pid), path);
  if (!statSync(at, { throwIfNoEntry: false })) return null;
  const { blocks, bfree, bavail } = statfsSync(at);
  const used = blocks - bfree;
  return used + bavail === 0 ? null : Math.round((used / (used + bavail)) * 10_000) / 100;
}

const availableIn = ({ bavail, bsize }: StatsFs) => bavail * bsize;

const headOf = (mark: string) => `healproof disk-fill ${mark}\n`;

/** Whether a write failed for lack of room. */
export async function fill(pid: number, { path, mark, leaving }: Filling): Promise<boolean> {
  const file = inside(rootOf(pid), path);
  const folder = dirname(file);
  // Never over something that is there.
  const fd = openSync(file, "wx");
  try {
    // Whoever works there may make room, also by making it shorter.
    fchmodSync(fd, 0o666);
    const head = Buffer.from(headOf(mark));
    if (write(fd, head) === head.length) return await fillUp(fd, leaving, () => availableIn(statfsSync(folder)));
    // Without its mark nobody would know later whose it is.
    rmSync(file);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Less than what whoever asks waits. */
const mostMs = 20_000;

async function fillUp(fd: number, leaving: number | undefined, available: () => number): Promise<boolean> {
  // Not zeros: some file systems keep those in no space at all.
  const content = randomFillSync(Buffer.alloc(chunkBytes));
  const end = performance.now() + mostMs;
  let atMost = chunkBytes;
  for (let chunks = 1; performance.now() < end; chunks++) {
    const wanted = leaving === undefined ? atMost : Math.min(atMost, available() - leaving);
    if (wanted <= 0) return false;
    const written = write(fd, content.subarray(0, wanted));
    if (written < wanted && wanted === 1) return true;
    if (written < wanted) atMost = Math.ceil(wanted / 2);
    if (chunks % chunksATurn === 0) await turn();
  }
  throw new Error(`the file system was not full within ${mostMs / 1000} s`);
}

/** How much of it there was room for. */
function write(fd: number, content: Buffer): number {
  try {
    return writeSync(fd, content);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && (thrown.code === "ENOSPC" || thrown.code === "EDQUOT")) return 0;
    throw thrown;
  }
}

export function remove(pid: number, path: string, mark: string): "removed" | "none" | "not-ours" {
  const file = inside(rootOf(pid), path);
  if (!statSync(file, { throwIfNoEntry: false })) return "none";
  const head = Buffer.alloc(headOf(mark).length);
  const fd = openSync(file, "r");
  try {
    readSync(fd, head, 0, head.length, 0);
  } finally {
    closeSync(fd);
  }
  if (head.toString() !== headOf(mark)) return "not-ours";
  rmSync(file, { force: true });
  return "removed";
}

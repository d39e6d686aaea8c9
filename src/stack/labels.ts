import { readFileSync } from "node:fs";
import { parseStat } from "./proc-stat.ts";

/** Everything that healproof makes in the engine carries these labels: the blast radius, and what `clean` looks for. */
export const label = {
  /** The run that made it. */
  run: "io.healproof.run",
  /** The trial (its plan's id). */
  trial: "io.healproof.trial",
  /** The process that answers for it: see {@link ownerMark}. `kept` for a stack that is meant to stay. */
  owner: "io.healproof.owner",
  /** Set on containers of ours that are not part of the stack: `probe`, `hand`, `wire`, `holder`. */
  role: "io.healproof.role",
} as const;

/** Prefix of every Compose project that a run makes. */
export const projectPrefix = "healproof-";

/** The owner of stacks that a person wants to keep (`up`, `run --keep`). */
export const kept = "kept";

/**
 * Names this process so that a later one with the same number is not taken for it: PID, and its start in clock ticks where
 * the system tells (Linux).
 */
export function ownerMark(pid: number = process.pid): string {
  const ticks = startTicks(pid);
  return ticks === undefined ? `${pid}` : `${pid}.${ticks}`;
}

/** Whether the process that an {@link ownerMark} names still lives. */
export function ownerLives(mark: string): boolean {
  const pid = Number(mark.split(".")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (mark.includes(".")) return ownerMark(pid) === mark;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Undefined for a process that is gone. A zombie is: it only waits for its parent to notice, which a container's PID 1 may never do. */
function startTicks(pid: number): number | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return !stat || /[ZXx]/.test(stat.state) ? undefined : stat.startTicks;
  } catch {
    return undefined;
  }
}

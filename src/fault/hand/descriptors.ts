import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Descriptors } from "./hand.ts";

/** What a process may still open. */

export function descriptorsOf(pid: number, proc = "/proc"): Descriptors {
  const numbers = new Set(readdirSync(`${proc}/${pid}/fd`).map(Number));
  let lowestFree = 0;
  while (numbers.has(lowestFree)) lowestFree += 1;
  return { held: numbers.size, lowestFree, soft: softLimit(readFileSync(`${proc}/${pid}/limits`, "utf8")) };
}

/** `Max open files            1024                 524288               files` */
function softLimit(limits: string): number {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (soft === undefined) throw new Error("no limit of open files in /proc/PID/limits");
  return Number(soft);
}

const mostMs = 2000;

/** As the process' own user, of whom the kernel asks no capability for this; of anybody else SYS_RESOURCE, also of root. */
export function limitDescriptors(pid: number, soft: number): void {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [uid, gid] = [ownerIn(status, "Uid"), ownerIn(status, "Gid")];
  const become = ["--reuid", uid, "--regid", gid, "--clear-groups"];
  const order = ["prlimit", "--pid", `${pid}`, `--nofile=${soft}:`];
  const {
    status: exit,
    stderr,
    error,
  } = spawnSync("setpriv", [...become, ...order], {
    encoding: "utf8",
    timeout: mostMs,
  });
  if (exit !== 0) throw new Error(`prlimit of process ${pid} as ${uid}:${gid}: ${error?.message ?? stderr.trim()}`);
}

/** `Uid:\t1000\t1000\t1000\t1000`: the real one; the kernel wants all of the first three to be the caller's. */
function ownerIn(status: string, key: "Uid" | "Gid"): string {
  const owner = new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1];
  if (owner === undefined) throw new Error(`no ${key} in /proc/PID/status`);
  return owner;
}

import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { parseStat } from "../../stack/proc-stat.ts";
import { numbersOf } from "./cgroup.ts";
import type { Exhaustion, ProcessIdentity } from "./hand.ts";

/**
 * Driving a container over its memory limit by means of its own process, so that the image needs no tool: memory that a program has
 * reserved and never used (most runtimes reserve far more than they use) is only counted once it is touched, and touching it
 * through /proc/PID/mem counts it as the process' own. The kernel then does what it does to a program that leaks.
 */

const pageSize = 4096;
/** Between them the hand looks after what else it has to do. */
const pagesATurn = 1024;
const stopsWithinMs = 1000;
const endsWithinMs = 3000;
/** The kernel's first choice. */
const firstChoice = "1000";

interface Mapping {
  readonly from: number;
  readonly to: number;
  /** Bytes that no page stands behind yet. */
  readonly unused: number;
}

export function memoryOf({ pid }: ProcessIdentity): { unused: number; score: number } {
  const unused = reservedIn(readFileSync(`/proc/${pid}/smaps`, "utf8")).reduce((sum, it) => sum + it.unused, 0);
  return { unused, score: Number(readFileSync(scoreFile(pid), "utf8")) };
}

export function release(target: ProcessIdentity, score: number): void {
  writeFileSync(scoreFile(target.pid), String(score));
  process.kill(target.pid, "SIGCONT");
}

/**
 * How it went: the kernel has killed it for memory, it ended otherwise, or it has used everything and lives. It is frozen meanwhile,
 * so that a page that we find untouched still is when we write to it: a zero, which it would read there anyway.
 */
export async function exhaust(target: ProcessIdentity): Promise<Exhaustion> {
  const { pid } = target;
  const { score } = memoryOf(target);
  const pages = openSync(`/proc/${pid}/pagemap`, "r");
  const memory = openSync(`/proc/${pid}/mem`, "r+");
  try {
    let before = kills();
    writeFileSync(scoreFile(pid), firstChoice);
    process.kill(pid, "SIGSTOP");
    await untilStopped(pid);
    for (const mapping of reservedIn(readFileSync(`/proc/${pid}/smaps`, "utf8"))) {
      const gone = (await touch(mapping, pages, memory)) === "gone";
      const now = kills();
      // One that is slow to end may refuse what is written to it; and another may have been killed elsewhere.
      if (now > before && (gone || (await endsSoon(pid)))) return "killed";
      if (gone) return "ended";
      before = now;
    }
    release(target, score);
    return "survived";
  } finally {
    closeSync(pages);
    closeSync(memory);
  }
}

/** Whether it comes to its end, within the time that one that is killed may need for that on a busy machine. */
async function endsSoon(pid: number): Promise<boolean> {
  const end = performance.now() + endsWithinMs;
  while (/[^ZXx]/.test(stateOf(pid))) {
    if (performance.now() > end) return false;
    await sleep(5);
  }
  return true;
}

/** Nothing once it is gone. */
function stateOf(pid: number): string {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.state ?? "";
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ESRCH")) return "";
    throw thrown;
  }
}

/** How many processes the kernel has killed for memory in all. The cgroup's own count goes with it, often before we could read it. */
function kills(): number {
  const count = numbersOf(readFileSync("/proc/vmstat", "utf8")).get("oom_kill");
  if (count === undefined)
    throw new Error("the kernel does not count what it kills for memory: no oom_kill in /proc/vmstat");
  return count;
}

async function touch({ from, to }: Mapping, pages: number, memory: number): Promise<"used" | "gone"> {
  for (let start = from; start < to; start += pagesATurn * pageSize) {
    const entries = Buffer.alloc(Math.min(pagesATurn, (to - start) / pageSize) * 8);
    const known = readSync(pages, entries, 0, entries.length, (start / pageSize) * 8) / 8;
    // What is gone has no pages.
    if (known === 0) return "gone";
    for (let page = 0; page < known; page++) {
      const outcome = isUsed(entries, page) ? "written" : write(memory, start + page * pageSize);
      if (outcome === "refused") return "used";
      if (outcome === "gone") return "gone";
    }
    await turn();
  }
  return "used";
}

/** Present or swapped out: the two highest bits. */
const isUsed = (entries: Buffer, page: number) => (entries.readUInt8(page * 8 + 7) & 0xc0) !== 0;

const zero = Buffer.alloc(1);

/** To a process that has ended nothing is written, which is no error. Some kernels refuse what the process itself may not write. */
function write(memory: number, address: number): "written" | "refused" | "gone" {
  try {
    return writeSync(memory, zero, 0, 1, address) === 0 ? "gone" : "written";
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EIO") return "refused";
    throw thrown;
  }
}

/** All of its threads. */
async function untilStopped(pid: number): Promise<void> {
  const end = performance.now() + stopsWithinMs;
  while (!threadsOf(pid).every((state) => /[TtZX]/.test(state))) {
    if (performance.now() > end) throw new Error(`process ${pid} did not stop within ${stopsWithinMs} ms`);
    await sleep(1);
  }
}

const threadsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map(
    (it) => parseStat(readFileSync(`/proc/${pid}/task/${it}/stat`, "utf8"))?.state ?? "",
  );

const scoreFile = (pid: number) => `/proc/${pid}/oom_score_adj`;

const head = /^([0-9a-f]+)-([0-9a-f]+) \S{3}p \S+ \S+ 0 +(\S*)$/;
/** Not memory of the program's own: the kernel's pages, and what maps a device. */
const special = /\b(io|pf|ht)\b/;

/** The private memory without a file behind it that has pages left to use, in /proc/PID/smaps. */
export function reservedIn(smaps: string): Mapping[] {
  return smaps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/).flatMap((text) => {
    const [first = ""] = text.split("\n", 1);
    const [, from, to, name] = head.exec(first) ?? [];
    if (from === undefined || to === undefined || name?.startsWith("[v")) return [];
    const kB = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
    if (special.test(/^VmFlags:.*/m.exec(text)?.[0] ?? "")) return [];
    const unused = (kB("Size") - kB("Rss") - kB("Swap")) * 1024;
    return unused > 0 ? [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), unused }] : [];
  });
}

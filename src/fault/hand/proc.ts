import { readdirSync, readFileSync } from "node:fs";
import { parseStat, type Stat } from "../../stack/proc-stat.ts";
import type { ListedProcess, ProcessIdentity, ProcessState } from "./hand.ts";

/** Reading /proc: who a process is, in which container, and what state it is in. */

/**
 * Whether /proc/PID/cgroup tells of a container: its full id stands in a path, alone or as part of a systemd scope's name
 * (`/docker/ID`, `/system.slice/docker-ID.scope`, `/../docker-ID.scope`, `…/ID/system.slice/app.service`).
 */
export function isInContainer(cgroup: string, container: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(container)) return false;
  return cgroup.split("\n").some((line) => line.split(":").slice(2).join(":").split(/[/.-]/).includes(container));
}

/** Programs that an engine puts before the service's own to reap orphans. */
const initShims = new Set(["docker-init", "tini", "tini-static", "catatonit", "podman-init", "dumb-init"]);

/** A container that has only just been started is still its runtime's process, which then becomes the service's or an init shim. */
const isRuntime = ({ comm }: Stat) => /^\w+:\[\d:INIT\]$/.test(comm);

const byAge = (a: Stat, b: Stat) => a.startTicks - b.startTicks || a.pid - b.pid;

/** The processes that a `/proc` tells of. */
export class ProcessTable {
  readonly #root: string;

  constructor(root = "/proc") {
    this.#root = root;
  }

  /** The state of a process; another one that has taken its number does not count. */
  stateOf({ pid, startTicks }: ProcessIdentity): ProcessState {
    const stat = this.#stat(pid);
    if (!stat || stat.startTicks !== startTicks || /[ZXx]/.test(stat.state)) return "gone";
    return /[Tt]/.test(stat.state) ? "stopped" : "running";
  }

  /** Whether this very process lives, in its container. */
  isStill(process: ProcessIdentity): boolean {
    return this.stateOf(process) !== "gone" && this.#isIn(process.pid, process.container);
  }

  /** The program that a container runs; `"starting"` while its runtime, or an init shim, is still about to start it. */
  identify(container: string, pid: number): ProcessIdentity | "starting" | undefined {
    const main = this.#stat(pid);
    if (!main || !this.#isIn(pid, container)) return undefined;
    if (isRuntime(main)) return "starting";
    const program = initShims.has(main.comm) ? this.#firstChild(pid, container) : main;
    if (!program) return "starting";
    const identity = { pid: program.pid, startTicks: program.startTicks, container };
    return this.stateOf(identity) === "gone" ? undefined : identity;
  }

  /** The main process and all that descend from it, the oldest first. Who entered the container from outside descends from nobody in it. */
  list(container: string, main: number): ListedProcess[] {
    const all = this.#all();
    const own = all.filter(({ pid }) => pid === main && this.#isIn(pid, container));
    for (const { pid } of own) own.push(...all.filter((it) => it.parent === pid && this.#isIn(it.pid, container)));
    return own.toSorted(byAge).flatMap(({ pid, startTicks, comm }) => {
      const process = { pid, startTicks, container };
      const state = this.stateOf(process);
      return state === "gone" ? [] : [{ process, comm, state }];
    });
  }

  /**
   * What an init shim has started: its only child, or the oldest of several, for all others descend from that one and
   * came to the shim as orphans.
   */
  #firstChild(shim: number, container: string): Stat | undefined {
    return this.#all()
      .filter(({ pid, parent }) => parent === shim && this.#isIn(pid, container))
      .toSorted(byAge)[0];
  }

  #all(): Stat[] {
    return readdirSync(this.#root)
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => this.#stat(Number(name)) ?? []);
  }

  #isIn(pid: number, container: string): boolean {
    return isInContainer(this.#read(pid, "cgroup") ?? "", container);
  }

  #stat(pid: number): Stat | undefined {
    const text = this.#read(pid, "stat");
    return text === undefined ? undefined : parseStat(text);
  }

  #read(pid: number, file: "stat" | "cgroup"): string | undefined {
    try {
      return readFileSync(`${this.#root}/${pid}/${file}`, "utf8");
    } catch (thrown) {
      // Gone before or while we looked. Anything else (no permission) must not pass for that.
      if (thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ESRCH"))
        return undefined;
      throw thrown;
    }
  }
}

import { readFileSync, statSync } from "node:fs";
import type { ContainerUsage, ProcessIdentity } from "./hand.ts";
import { inside } from "./inside.ts";

/**
 * Reading a container's cgroup, of version 1 or 2, through the mount of it that the container itself has: from the hand's own, the
 * engine leaves out all other containers.
 */

/** More than any memory: how version 1 says "no limit". */
const noLimit = 2 ** 60;

export class Cgroup {
  readonly #root: string;
  readonly #lines: readonly string[];
  readonly #container: string;

  constructor({ pid, container }: ProcessIdentity, proc = "/proc") {
    this.#root = `${proc}/${pid}/root`;
    this.#lines = readFileSync(`${proc}/${pid}/cgroup`, "utf8").trim().split("\n");
    this.#container = container;
  }

  usage(): ContainerUsage {
    const memory = this.#table("memory", "memory.stat");
    const used = this.#number("memory", "memory.current", "memory.usage_in_bytes") ?? 0;
    const limit = this.#number("memory", "memory.max", "memory.limit_in_bytes") ?? 0;
    return {
      ...this.#cpu(),
      memoryLimit: limit >= noLimit ? 0 : limit,
      workingSet: Math.max(0, used - (memory.get("total_inactive_file") ?? memory.get("inactive_file") ?? 0)),
      anonymous: memory.get("total_rss") ?? memory.get("anon") ?? 0,
      frozen:
        this.#read("freezer", "freezer.state")?.trim() === "FROZEN" ||
        this.#table("freezer", "cgroup.events").get("frozen") === 1,
    };
  }

  #cpu(): Pick<ContainerUsage, "cpuLimit" | "throttledMs"> {
    const stat = this.#table("cpu", "cpu.stat");
    const throttledMs = (stat.get("throttled_time") ?? 0) / 1e6 + (stat.get("throttled_usec") ?? 0) / 1e3;
    // `5000 100000`, `max 100000`
    const [quota, period] = this.#read("cpu", "cpu.max")?.split(" ").map(Number) ?? [
      this.#number("cpu", "cpu.cfs_quota_us"),
      this.#number("cpu", "cpu.cfs_period_us"),
    ];
    const cpuLimit = quota !== undefined && period !== undefined && quota > 0 ? quota / period : 0;
    return { cpuLimit, throttledMs };
  }

  #number(controller: string, ...names: readonly string[]): number | undefined {
    const [text] = names.flatMap((name) => this.#read(controller, name) ?? []);
    return text === undefined ? undefined : text.trim() === "max" ? 0 : Number(text);
  }

  #table(controller: string, name: string): ReadonlyMap<string, number> {
    return numbersOf(this.#read(controller, name) ?? "");
  }

  #read(controller: string, name: string): string | undefined {
    const file = this.#file(controller, name);
    return file === undefined ? undefined : readFileSync(file, "utf8");
  }

  #file(controller: string, name: string): string | undefined {
    const base = "/sys/fs/cgroup";
    for (const mount of [`${base}/${controller}`, base]) {
      const path = this.#pathOf(mount === base ? "" : controller);
      // The container may see the whole tree, or only its own part of it.
      for (const below of [upTo(path, this.#container), ""]) {
        const file = inside(this.#root, `${mount}${below}/${name}`);
        if (statSync(file, { throwIfNoEntry: false })) return file;
      }
    }
    return undefined;
  }

  /** `5:cpu,cpuacct:/docker/ID`; in version 2 there is one line, `0::/docker/ID`. */
  #pathOf(controller: string): string {
    const line = this.#lines.find((it) => (it.split(":")[1] ?? "").split(",").includes(controller));
    return line?.split(":").slice(2).join(":") ?? "";
  }
}

/** `/docker/ID/init.scope` without what is below the container. */
function upTo(path: string, container: string): string {
  const parts = path.split("/");
  const last = parts.findIndex((it) => it.includes(container));
  return last < 0 ? "" : parts.slice(0, last + 1).join("/");
}

/** `key number`, a line each. */
export function numbersOf(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [key, value] = line.split(" ");
      return key && value !== undefined ? [[key, Number(value)] as const] : [];
    }),
  );
}

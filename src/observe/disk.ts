import { setTimeout as sleep } from "node:timers/promises";
import { hostNow } from "../clock.ts";
import { exitCode, KnownError } from "../errors.ts";
import type { Executed } from "../stack/exec.ts";
import type { StackContainers } from "../stack/stack.ts";
import { seconds } from "../time.ts";
import type { ObserverTools } from "./series.ts";

export interface WatchedDisk {
  readonly id: string;
  readonly service: string;
  readonly path: string;
}

/** A command in a container takes about 50 ms of the machine. */
const usualPace = seconds(1);
const limit = seconds(2);

/** Asks at a steady pace how full a file system is, as the container itself sees it. While the container does not run, nobody knows. */
export async function observeDisk(
  containers: Pick<StackContainers, "lookAt" | "run">,
  { id, service, path }: WatchedDisk,
  { journal, clock, changed, until }: ObserverTools,
  everyMs: number = usualPace,
): Promise<void> {
  journal.write({ kind: "series", id, observer: "disk", everyMs });
  let known = false;
  while (!until.aborted) {
    const from = hostNow();
    const found = await dfIn(containers, service, path);
    if (until.aborted) return;
    const share = found && shareOf(found.out);
    if (share !== undefined) {
      known = true;
      journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(hostNow()), share]] });
      changed();
    } else if (found && !known) throw unknown(service, path, found);
    await sleep(Math.max(0, from + everyMs - hostNow()), undefined, { signal: until }).catch(() => undefined);
  }
}

/** Undefined where the container does not run, or stops just now. */
async function dfIn(
  containers: Pick<StackContainers, "lookAt" | "run">,
  service: string,
  path: string,
): Promise<Executed | undefined> {
  const look = await containers.lookAt(service);
  if (!look?.running || look.paused) return undefined;
  return containers.run(look.container, ["df", "-P", path], limit, "0:0").catch(() => undefined);
}

/** The share in use in percent, as `df` says it: of what is used and what is left to others than root. Undefined if it says nothing. */
export function shareOf(df: string): number | undefined {
  const [, used = "", available = ""] =
    /^\S.*?\s+\d+\s+(\d+)\s+(\d+)\s+\S+\s+\S/m.exec(df.split("\n").slice(1).join("\n")) ?? [];
  const total = Number(used) + Number(available);
  return used === "" || total === 0 ? undefined : Math.round((Number(used) / total) * 10_000) / 100;
}

const unknown = (service: string, path: string, { err, out }: Executed) =>
  new KnownError("no-disk-use", `how full ${path} is in ${service} cannot be told`, {
    facts: { asked: `df -P ${path}, in its container`, "it said": (err || out).trim().slice(-500) || "nothing" },
    exitCode: exitCode.usage,
  });

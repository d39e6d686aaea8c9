import { hostNow } from "../clock.ts";
import { exitCode, KnownError } from "../errors.ts";
import type { Hand } from "../fault/hand/hand.ts";
import type { StackContainers } from "../stack/stack.ts";
import { ms } from "../time.ts";
import { looks } from "./pace.ts";
import type { ObserverTools } from "./series.ts";

export interface WatchedDisk {
  readonly id: string;
  readonly service: string;
  readonly path: string;
}

const every = ms(250);

/**
 * Looks at a steady pace how full a file system is, as the container itself sees it: through the hand, which needs no tool in the image,
 * and starts no process in a container that may be frozen or full. While the container does not run, nobody knows.
 */
export async function observeDisk(
  containers: Pick<StackContainers, "lookAt">,
  hand: Pick<Hand, "identify" | "disk">,
  { id, service, path }: WatchedDisk,
  tools: ObserverTools,
): Promise<void> {
  const { journal, clock, changed, until } = tools;
  let known = false;
  for await (const from of looks({ id, observer: "disk", every }, tools)) {
    const found = await look(containers, hand, service, path);
    if (until.aborted) return;
    if (found?.share !== undefined) {
      known = true;
      journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(hostNow()), found.share]] });
      changed();
    } else if (found && !known) throw nothingThere(service, path);
  }
}

/** Undefined where the container does not run, or stops just now. */
async function look(
  containers: Pick<StackContainers, "lookAt">,
  hand: Pick<Hand, "identify" | "disk">,
  service: string,
  path: string,
): Promise<{ readonly share?: number } | undefined> {
  const container = await containers.lookAt(service);
  if (!container || container.pid === 0) return undefined;
  const process = await hand.identify(container.container, container.pid);
  return process && hand.disk.use(process, path);
}

const nothingThere = (service: string, path: string) =>
  new KnownError("no-disk-use", `how full ${path} is in ${service} cannot be told`, {
    facts: { reason: "it is not there, or its file system takes up no room", try: `a path that ${service} writes to` },
    exitCode: exitCode.usage,
  });

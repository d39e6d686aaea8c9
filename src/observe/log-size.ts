import { hostNow } from "../clock.ts";
import { stretched } from "../limit.ts";
import type { StackContainers } from "../stack/stack.ts";
import { seconds } from "../time.ts";
import { pace } from "./pace.ts";
import type { ObserverTools } from "./series.ts";
import type { WatchedContainer } from "./states.ts";

/** Each look has the engine hand over all that it keeps, so not often. */
const usualPace = seconds(2);

/** Looks at a steady pace how many bytes the engine still has of what a service wrote. Without a container there is nothing to tell. */
export async function observeLogSize(
  containers: Pick<StackContainers, "lookAt" | "logSize">,
  { id, service }: WatchedContainer,
  { journal, clock, changed, until }: ObserverTools,
): Promise<void> {
  const everyMs = stretched(usualPace);
  journal.write({ kind: "series", id, observer: "log", everyMs });
  for await (const from of pace(everyMs, until)) {
    const container = await containers.lookAt(service);
    const size = container && (await containers.logSize(container.container));
    if (until.aborted) return;
    if (size !== undefined) {
      journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(hostNow()), size]] });
      changed();
    }
  }
}

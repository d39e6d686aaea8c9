import { hostNow } from "../clock.ts";
import type { StackContainers } from "../stack/stack.ts";
import { seconds } from "../time.ts";
import { looks } from "./pace.ts";
import type { ObserverTools } from "./series.ts";
import type { WatchedContainer } from "./states.ts";

/** Each look has the engine hand over all that it keeps, so not often. */
const every = seconds(2);

/** Looks at a steady pace how many bytes the engine still has of what a service wrote. Without a container there is nothing to tell. */
export async function observeLogSize(
  containers: Pick<StackContainers, "lookAt" | "logSize">,
  { id, service }: WatchedContainer,
  tools: ObserverTools,
): Promise<void> {
  const { journal, clock, changed, until } = tools;
  for await (const from of looks({ id, observer: "log", every }, tools)) {
    const container = await containers.lookAt(service);
    const size = container && (await containers.logSize(container.container));
    if (until.aborted) return;
    if (size !== undefined) {
      journal.write({ kind: "samples", series: id, items: [[clock.at(from), clock.at(hostNow()), size]] });
      changed();
    }
  }
}

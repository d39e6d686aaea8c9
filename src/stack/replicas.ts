import { exitCode, KnownError } from "../errors.ts";
import type { Act } from "../plan.ts";
import type { ComposeModel } from "./compose-file.ts";

/** How many containers Compose makes of a service; undefined of one that it does not know. */
const replicasIn = ({ services }: ComposeModel, name: string): number | undefined => {
  const service = services[name];
  return service && (service.scale ?? service.deploy?.replicas ?? 1);
};

/** Refuses a fault in a container that its service will not have, by Compose's own reading of the file. */
export function refuseMissingReplicas(
  { id, acts }: { readonly id: string; readonly acts: readonly Pick<Act, "faults">[] },
  model: ComposeModel,
): void {
  for (const { kind, params } of acts.flatMap((it) => it.faults)) {
    const { service, replica } = params;
    const replicas = typeof service === "string" ? replicasIn(model, service) : undefined;
    if (replicas === undefined || typeof replica !== "number" || replica <= replicas) continue;
    throw new KnownError("no-such-replica", `${service} has no container number ${replica}`, {
      facts: { "there are": `${replicas}`, in: `${kind} of ${id}`, try: "its scale in the Compose file" },
      exitCode: exitCode.usage,
    });
  }
}

import { exitCode, KnownError } from "../errors.ts";
import { conditionsOf, type TrialPlan } from "../plan.ts";
import { readingOf } from "../scenario/conditions.ts";
import type { ComposeModel } from "./compose-file.ts";

/** Refuses a fault in, or a look at, a container that its service will not have, by Compose's own reading of the file. */
export function refuseMissingReplicas(plan: Pick<TrialPlan, "id" | "acts" | "steady">, model: ComposeModel): void {
  const faults = plan.acts.flatMap((it) => it.faults);
  const meant = [
    ...faults.map(({ kind, params: { service, replica } }) => ({ what: kind, service, replica })),
    ...conditionsOf(plan).map((it) => ({ what: readingOf(it).text, service: "", ...readingOf(it).watch })),
  ];
  for (const { what, service, ...it } of meant) {
    const replica = "replica" in it ? it.replica : undefined;
    const replicas = typeof service === "string" ? replicasIn(model, service) : undefined;
    if (replicas === undefined || typeof replica !== "number" || replica <= replicas) continue;
    throw new KnownError("no-such-replica", `${service} has no container number ${replica}`, {
      facts: { "there are": `${replicas}`, in: `${plan.id}: ${what}`, try: "its scale in the Compose file" },
      exitCode: exitCode.usage,
    });
  }
}

/** How many containers Compose makes of a service; undefined of one that it does not know. */
function replicasIn({ services }: ComposeModel, name: string): number | undefined {
  const service = services[name];
  return service && (service.scale ?? service.deploy?.replicas ?? 1);
}

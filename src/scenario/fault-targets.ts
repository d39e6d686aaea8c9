import { z } from "zod";
import type { ComposeFacts } from "./compose.ts";
import type { Path } from "./problem.ts";
import type { Scenario } from "./schema.ts";
import { didYouMean } from "./suggest.ts";
import { everyWrittenFault } from "./written-faults.ts";

interface Missing {
  readonly message: string;
  readonly path: Path;
}

const text = z.string().optional().catch(undefined);
/** The parameters that say more than which service; a fault of one's own may mean something else by them. */
const targets = z.object({ service: text, replica: z.int().optional().catch(undefined), through: text, link: text });

/** What faults aim at beside services and is not there, as far as the Compose file tells: one of several containers, a link. */
export function missingTargets(scenario: Scenario, facts: ComposeFacts): Missing[] {
  return everyWrittenFault(scenario).flatMap(({ params, path }) => {
    const target = targets.parse(params);
    return [
      ...missingReplica(target, facts).map((message) => ({ message, path: [...path, "replica"] })),
      ...missingLink(scenario, target, facts).map((message) => ({ message, path: [...path, "link"] })),
    ];
  });
}

/** What is said where a service has no container of that number. */
export function missingReplica(
  { service = "", replica = 1 }: { readonly service?: string | undefined; readonly replica?: number | undefined },
  { services }: ComposeFacts,
): string[] {
  const replicas = services?.get(service)?.replicas ?? replica;
  if (replica <= replicas) return [];
  const there = replicas === 1 ? "only one" : `only ${replicas}`;
  return [`${service} has no container number ${replica}, ${there} (its scale in the Compose file)`];
}

function missingLink(
  { stack }: Scenario,
  { through = "", link }: z.output<typeof targets>,
  { services }: ComposeFacts,
): string[] {
  const links = services?.get(through)?.links;
  const { command, image } = stack.override?.[through] ?? {};
  // The scenario may have it read another configuration, or none.
  if (links === undefined || command !== undefined || image !== undefined) return [];
  if (link === undefined || links.includes(link)) return [];
  const there = `its -config has ${links.join(", ") || "none"}`;
  return [`${through} has no link ${JSON.stringify(link)} (${there})${didYouMean(link, links)}`];
}

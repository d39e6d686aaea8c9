import { z } from "zod";
import type { ComposeFacts } from "./compose.ts";
import { everyWrittenFault } from "./misfits.ts";
import type { Path } from "./problem.ts";
import type { Scenario } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

interface Missing {
  readonly message: string;
  readonly path: Path;
}

const text = z.string().optional().catch(undefined);
/** The parameters that say more than which service; a fault of one's own may mean something else by them. */
const targets = z.object({ service: text, replica: z.int().optional().catch(undefined), through: text, link: text });

/** What faults aim at beside services and is not there, as far as the Compose file tells: one of several containers, a link. */
export function missingTargets(scenario: Scenario, { services }: ComposeFacts): Missing[] {
  return everyWrittenFault(scenario).flatMap(({ params, path }): Missing[] => {
    const { service = "", replica = 1, through = "", link } = targets.parse(params);
    const replicas = services?.get(service)?.replicas ?? replica;
    if (replica > replicas) {
      const there = replicas === 1 ? "one container" : `${replicas} containers`;
      const message = `${service} has no container number ${replica}, only ${there} (its scale in ${scenario.stack.compose})`;
      return [{ message, path: [...path, "replica"] }];
    }
    const links = isChanged(scenario, through) ? undefined : services?.get(through)?.links;
    if (link === undefined || links?.includes(link) !== false) return [];
    const message = `${through} has no link ${JSON.stringify(link)} (its -config has ${links.join(", ")})${didYouMean(link, links)}`;
    return [{ message, path: [...path, "link"] }];
  });
}

/** Whether the scenario has it read another configuration, or none. */
function isChanged({ stack }: Scenario, service: string): boolean {
  const changes = stack.override?.[service];
  return changes?.command !== undefined || changes?.image !== undefined;
}

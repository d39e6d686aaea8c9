import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { type Duration, formatDuration, ms } from "../time.ts";
import type { ComposeFacts } from "./compose.ts";
import { everyWrittenFault, type WrittenFault, writtenFaults } from "./misfits.ts";
import type { Path } from "./problem.ts";
import type { Scenario } from "./schema.ts";

/** Faults that lower a limit of a container, or need one that is there. */

interface Found {
  readonly path: Path;
  readonly message: string;
}

interface Lowered extends WrittenFault {
  readonly limit: "memory" | "cpus";
  readonly service: string;
  readonly replica: number | "any";
  /** Whether it is this fault that sets it: else it is there by itself. */
  readonly sets: boolean;
}

const target = z.object({ service: z.string(), replica: z.union([z.int(), z.literal("any")]).default(1) });
const named = { memory: "memory limit", cpus: "share of the cores" } as const;

const lowered = (written: readonly WrittenFault[], faults: readonly AnyFault[]): Lowered[] =>
  written.flatMap((it) => {
    const lowers = faults.find(({ kind }) => kind === it.kind)?.lowers;
    const { data } = target.safeParse(it.params);
    if (!lowers || !data) return [];
    return [
      {
        ...it,
        ...data,
        limit: lowers.limit,
        sets: lowers.given === undefined || it.params[lowers.given] !== undefined,
      },
    ];
  });

/**
 * Two that set the same limit at the same time. The second would be taken for somebody who heals the first; and each puts back what it
 * found, so that what the first has set stays where that ends sooner.
 */
export function overlappingLimits(scenario: Scenario, faults: readonly AnyFault[]): Found[] {
  const setting = lowered(writtenFaults(scenario), faults).filter(({ sets }) => sets);
  const inTurn = setting.toSorted((a, b) => a.at - b.at);
  return inTurn.flatMap((later, nth) => {
    const earlier = inTurn.slice(0, nth).find((it) => setTheSame(it, later) && (end(it) ?? later.at) >= later.at);
    if (!earlier) return [];
    const until = end(earlier);
    const long = until === undefined ? "to the end" : `until ${formatDuration(until)}`;
    const message = `${later.kind} sets the ${named[later.limit]} of ${later.service}, which ${earlier.kind} has set ${long}: only one may at a time; give the first a time that is over by then (for: 5s)`;
    return [{ path: later.path, message }];
  });
}

const setTheSame = (a: Lowered, b: Lowered) =>
  a.limit === b.limit &&
  a.service === b.service &&
  (a.replica === b.replica || a.replica === "any" || b.replica === "any");

const end = ({ at, for: lasts }: Lowered): Duration | undefined => (lasts === undefined ? undefined : ms(at + lasts));

/** Those that need a limit where the container has none, as far as the Compose file tells; one that another fault sets is one, too. */
export function missingLimits(scenario: Scenario, { services }: ComposeFacts, faults: readonly AnyFault[]): Found[] {
  const all = lowered(everyWrittenFault(scenario), faults);
  return all.flatMap(({ kind, limit, service, sets, path }) => {
    if (sets || limit !== "memory" || services?.get(service)?.memoryLimited !== false) return [];
    if (all.some((it) => it.sets && it.limit === limit && it.service === service)) return [];
    const message = `${kind} needs a memory limit that ${service} can come up against, and it has none: mem_limit in the Compose file, or \`limit: 256MiB\` here, which is set for the time and put back`;
    return [{ path, message }];
  });
}

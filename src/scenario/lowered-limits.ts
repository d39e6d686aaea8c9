import { z } from "zod";
import type { AnyFault, Lowers } from "../fault/define.ts";
import { type Duration, formatDuration, ms, seconds } from "../time.ts";
import type { ComposeFacts } from "./compose.ts";
import type { Path } from "./problem.ts";
import type { Scenario } from "./schema.ts";
import { faultsAfterwards, type PlacedFault, writtenFaults } from "./written-faults.ts";

/** Faults that lower a limit of a container, or need one that is there. */

interface Found {
  readonly path: Path;
  readonly message: string;
}

interface Lowered extends PlacedFault {
  readonly limit: Lowers["limit"];
  /** The parameter that says how far, where it need not be given. */
  readonly given?: string | undefined;
  readonly service: string;
  readonly replica: number | "any";
  /** Whether it is this fault that sets it: else it is there by itself. */
  readonly sets: boolean;
  /** Whether it is watched: somebody who gives the container another limit is taken for its healer. */
  readonly lasts: boolean;
}

const target = z.object({ service: z.string(), replica: z.union([z.int(), z.literal("any")]).default(1) });
const named = { memory: "memory limit", cpus: "share of the cores" } as const;
/** To put a limit back takes a moment. */
const between = seconds(1);

const lowered = (written: readonly PlacedFault[], faults: readonly AnyFault[]): Lowered[] =>
  written.flatMap((it) => {
    const fault = faults.find(({ kind }) => kind === it.kind);
    const { data } = target.safeParse(it.params);
    if (!fault?.lowers || !data) return [];
    const { limit, given } = fault.lowers;
    const sets = given === undefined || it.params[given] !== undefined;
    return [{ ...it, ...data, limit, given, sets, lasts: fault.lasts }];
  });

/**
 * One that sets a limit while another holds the same. It would be taken for somebody who heals the other; and each puts back what it found,
 * so that what the first has set stays where that ends sooner. After one that only sets it for a moment (and puts it back last) any may come.
 */
export function overlappingLimits(scenario: Scenario, faults: readonly AnyFault[]): Found[] {
  const setting = lowered(writtenFaults(scenario), faults).filter(({ sets }) => sets);
  const inTurn = setting.toSorted((a, b) => a.at - b.at);
  return inTurn.flatMap((later, nth) => {
    const earlier = inTurn.slice(0, nth).find((it) => it.lasts && setTheSame(it, later) && !isOver(it, later.at));
    if (!earlier) return [];
    const until = end(earlier);
    const long = until === undefined ? "to the end" : `until ${formatDuration(until)}`;
    const leave = later.given === undefined ? "" : `, or leave out \`${later.given}\` here`;
    const message = `${later.kind} sets the ${named[later.limit]} of ${later.service}, which ${earlier.kind} holds ${long}: one at a time; end the first by its \`for\`, a second before the other comes${leave}`;
    return [{ path: later.path, message }];
  });
}

const setTheSame = (a: Lowered, b: Lowered) =>
  a.limit === b.limit &&
  a.service === b.service &&
  (a.replica === b.replica || a.replica === "any" || b.replica === "any");

const end = ({ at, for: lasts }: Lowered): Duration | undefined => (lasts === undefined ? undefined : ms(at + lasts));

function isOver(it: Lowered, at: Duration): boolean {
  const over = end(it);
  return over !== undefined && over + between <= at;
}

/** Those that need a limit where the container has none, as far as the Compose file tells; one that another fault has set is one, too. */
export function missingLimits(scenario: Scenario, { services }: ComposeFacts, faults: readonly AnyFault[]): Found[] {
  const acts = [writtenFaults(scenario), faultsAfterwards(scenario)];
  return acts.flatMap((written) => {
    const all = lowered(written, faults);
    return all.flatMap((it) => {
      const { kind, limit, given, service, sets, path } = it;
      if (sets || limit !== "memory" || services?.get(service)?.memoryLimited !== false) return [];
      if (all.some((other) => other.sets && setTheSame(other, it) && other.at < it.at)) return [];
      const message = `${kind} needs a memory limit that ${service} can come up against, and it has none: mem_limit in the Compose file, or \`${given}: 256MiB\` here, which is set for the time and put back`;
      return [{ path, message }];
    });
  });
}

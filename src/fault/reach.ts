import { z } from "zod";
import type { HostSpan } from "../clock.ts";
import type { FaultContainer, FaultTools, Neighbour } from "./define.ts";
import { nothingToBreak } from "./nothing-to-break.ts";
import type { Greeted, Wire } from "./wire/wire.ts";

/**
 * Whether packets pass between a container and a neighbour of it, whatever runs in them: a port where nobody listens is refused by
 * the other side's kernel at once, and only where packets do not pass is there silence.
 */

export const reachAim = z.strictObject({
  /** The neighbour, and its address as the container sees it. */
  neighbour: z.string(),
  neighbourContainer: z.string(),
  theirs: z.string(),
  /** The container's address as the neighbour sees it. */
  ours: z.string(),
});
export type ReachAim = z.output<typeof reachAim>;

/** The port "discard": nobody listens there any more. */
const port = 9;
/** Long for a network inside one machine, also when that is very busy. */
const aimLimitMs = 1000;

const knock = (wire: Wire, host: string, timeoutMs: number): Promise<Greeted> =>
  wire.greet({ host, port, hello: Buffer.alloc(0), enough: 0, timeoutMs });

/** Whether the other side's kernel has answered. */
const passed = ({ came }: Greeted) => came !== "silence" && came !== "unreachable";

/** Of each of these services one container, or else any neighbour, as {@link aimAtNeighbour} finds it. */
export const aimAtNeighbours = (
  tools: FaultTools,
  wire: Wire,
  service: string,
  container: FaultContainer,
  peers?: readonly string[],
): Promise<ReachAim[]> =>
  Promise.all((peers ?? [undefined]).map((it) => aimAtNeighbour(tools, wire, service, container, it)));

/** A neighbour (of this service, if given) from which packets pass to the container and back, seen from both. */
async function aimAtNeighbour(
  tools: FaultTools,
  wire: Wire,
  service: string,
  { id }: FaultContainer,
  peer: string | undefined,
): Promise<ReachAim> {
  const neighbours = (await tools.stack.neighbours(id, peer === undefined ? undefined : [peer])).filter(
    (it) => it.container.running,
  );
  const own = (await tools.stack.endpoints(id)).map((it) => it.address).filter(Boolean);
  const found = (await Promise.all(neighbours.map((it) => answeringAddress(wire, it)))).filter(
    (it) => it !== undefined,
  );
  for (const { neighbour, theirs } of found) {
    const back = await tools.wire(neighbour.container);
    for (const ours of own)
      if (passed(await knock(back, ours, aimLimitMs)))
        return { neighbour: neighbour.service, neighbourContainer: neighbour.container.id, theirs, ours };
  }
  throw nothingToBreak(
    `${peer === undefined ? `no neighbour of ${service} answers it` : `${peer} does not answer ${service}`} now, so nothing would show that its packets are dropped`,
    {
      asked:
        neighbours.map((it) => `${it.service} (${it.addresses.join(", ")})`).join(", ") ||
        `${peer === undefined ? "nobody else" : "none of its containers"} runs in its networks`,
    },
  );
}

async function answeringAddress(wire: Wire, neighbour: Neighbour) {
  for (const theirs of neighbour.addresses)
    if (passed(await knock(wire, theirs, aimLimitMs))) return { neighbour, theirs };
  return undefined;
}

/** How so many packets fared at once, out of the container and into it. */
export interface Knocks {
  readonly out: readonly Greeted[];
  readonly back: readonly Greeted[];
  /** Whether both sides live, and the machine has time for them: each has reached itself afterwards. */
  readonly alive: boolean;
}

/** Knocks from both sides. From the neighbour's only if it still runs. */
export async function knockBoth(
  tools: FaultTools,
  wire: Wire,
  container: FaultContainer,
  { neighbour, neighbourContainer, theirs, ours }: ReachAim,
  times: number,
  timeoutMs: number,
): Promise<Knocks> {
  const there = (await tools.stack.neighbours(container.id, [neighbour])).find(
    (it) => it.container.id === neighbourContainer && it.container.running && it.addresses.includes(theirs),
  );
  if (!there) return { out: [], back: [], alive: false };
  const back = await tools.wire(there.container);
  const many = (from: Wire, to: string) => Promise.all(Array.from({ length: times }, () => knock(from, to, timeoutMs)));
  const [outs, backs] = await Promise.all([many(wire, theirs), many(back, ours)]);
  const selves = await Promise.all([knock(wire, "127.0.0.1", aimLimitMs), knock(back, theirs, aimLimitMs)]);
  return { out: outs, back: backs, alive: selves.every(passed) };
}

export const lost = (knocks: readonly Greeted[]): Greeted[] => knocks.filter((it) => !passed(it));

export const hullOf = (knocks: readonly Greeted[]): HostSpan => ({
  from: Math.min(...knocks.map((it) => it.when.from)),
  to: Math.max(...knocks.map((it) => it.when.to)),
});

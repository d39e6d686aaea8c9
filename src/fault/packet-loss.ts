import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { hostNow } from "../clock.ts";
import { defineFault, type FaultTools } from "./define.ts";
import { aimAtNetwork, applyRules, holdRules, inside, packetAim, type Rules, removeRules } from "./packets.ts";
import { replica, replicaNumber, service } from "./params.ts";
import { containerName } from "./process.ts";
import { aimAtNeighbours, hullOf, knockBoth, lost, reachAim } from "./reach.ts";
import { chainsFor, packetDirection, peers } from "./which-packets.ts";
import type { Greeted } from "./wire/wire.ts";

/** At once from each side. */
const times = 50;
/** Before the kernel sends a lost packet of a new connection again, which is after 1 s. */
const lostMs = 600;
/** Fewer may go astray on a busy machine without us. */
const fewest = 3;

const share = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, "a share such as 30% or 0.5%")
  .transform((text) => Number(text.slice(0, -1)))
  .refine((it) => it >= 0.5 && it <= 100, "from 0.5% (less is not told from chance) to 100%")
  .meta({ description: "How many of the packets are dropped, by chance: 30%" });

const aimed = z.strictObject({
  ...packetAim.shape,
  reach: z.array(reachAim).min(1),
  /** In percent. */
  share: z.number(),
  peers: z.array(z.string()).optional(),
  direction: packetDirection.unwrap(),
});
type Aim = z.output<typeof aimed>;

const rulesOf =
  (tools: FaultTools, { share: percent, peers: of, direction }: Aim): Rules =>
  async (_wire, { id }) =>
    chainsFor(
      `numgen random mod 100000 < ${Math.round(percent * 1000)} drop`,
      direction,
      of && (await tools.stack.neighbours(id, of)),
    );

/** A service's network loses packets by chance, as bad wireless or an overloaded switch: connections work, in fits and starts. */
export const packetLoss = defineFault({
  kind: "packet-loss",
  summary: "A share of a service's packets is dropped by chance.",
  params: z.strictObject({
    service: service.meta({ description: "The service whose packets are lost" }),
    replica,
    share,
    peers,
    direction: packetDirection,
  }),
  aimed,
  ends: "by-us",
  lasts: true,
  needs: ["nft"],
  describe: ({ share, peers, direction, ...params }) =>
    `loss of ${share}% of ${containerName(params)}'s packets${peers ? ` with ${peers.join(", ")}` : ""}${direction === "both" ? "" : ` (${direction})`}`,

  async aim(tools, { service, replica, share, peers, direction }) {
    const { aim, container, wire } = await aimAtNetwork(tools, "packet-loss", service, replicaNumber(replica));
    const reach = await aimAtNeighbours(tools, wire, service, container, peers);
    return { ...aim, reach, share, direction, ...(peers ? { peers } : {}) };
  },

  inject: (tools, aim) => applyRules(tools, aim, rulesOf(tools, aim)),

  /** Bitten once of many tries with a neighbour (with each, of named peers) at least half as many as expected are lost. */
  async witness(tools, aim, within) {
    const end = hostNow() + within;
    // A try is a packet and its answer, of which one goes in and one out.
    const expected = 1 - (1 - aim.share / 100) ** (aim.direction === "both" ? 2 : 1);
    const enough = (all: readonly Greeted[]) => lost(all).length >= Math.max(fewest, (all.length * expected) / 2);
    const all = aim.reach.map((): Greeted[] => []);
    do {
      const knocks = await inside(tools, aim, (wire, container) =>
        Promise.all(aim.reach.map((it) => knockBoth(tools, wire, container, it, times, lostMs))),
      );
      for (const [nth, it] of (knocks ?? []).entries()) if (it.alive) all[nth]?.push(...it.out, ...it.back);
      if (all.every(enough)) return hullOf(lost(all.flat()));
      await sleep(50);
    } while (hostNow() < end);
    return undefined;
  },

  watch: (tools, aim, tell, until) => holdRules(tools, aim, rulesOf(tools, aim), tell, until),

  undo: (tools, aim) => removeRules(tools, aim),
});

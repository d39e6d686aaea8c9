import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { hostNow } from "../clock.ts";
import { defineFault, type FaultTools } from "./define.ts";
import { aimAtNetwork, applyRules, holdRules, inside, packetAim, type Rules, removeRules } from "./packets.ts";
import { replica, replicaNumber, service } from "./params.ts";
import { containerName } from "./process.ts";
import { aimAtNeighbours, hullOf, knockBoth, lost, reachAim } from "./reach.ts";
import { chainsFor, packetDirection, peers } from "./which-packets.ts";

const times = 3;
const silenceMs = 500;

const aimed = z.strictObject({
  ...packetAim.shape,
  reach: z.array(reachAim).min(1),
  peers: z.array(z.string()).optional(),
  direction: packetDirection.unwrap(),
});
type Aim = z.output<typeof aimed>;

const rulesOf =
  (tools: FaultTools, { peers: of, direction }: Aim): Rules =>
  async (_wire, { id }) =>
    chainsFor("drop", direction, of && (await tools.stack.neighbours(id, of)));

/**
 * A service loses its network, as by a pulled cable: its packets are dropped without a word, those of its open connections too. What it
 * has with itself stays (127.0.0.1, and so a healthcheck that asks nobody else; and the engine's name server, which answers for the
 * stack's names inside each container: dns-failure takes that).
 */
export const isolate = defineFault({
  kind: "isolate",
  summary: "A service's packets are dropped: all of them, or those from and to some peers, in one direction or both.",
  params: z.strictObject({
    service: service.meta({ description: "The service that is cut off" }),
    replica,
    peers,
    direction: packetDirection,
  }),
  aimed,
  ends: "by-us",
  lasts: true,
  needs: ["nft"],
  describe: ({ peers, direction, ...params }) =>
    `isolation of ${containerName(params)}${peers ? ` from ${peers.join(", ")}` : ""}${direction === "both" ? "" : ` (${direction})`}`,

  async aim(tools, { service, replica, peers, direction }) {
    const { aim, container, wire } = await aimAtNetwork(tools, "isolate", service, replicaNumber(replica));
    const reach = await aimAtNeighbours(tools, wire, service, container, peers);
    return { ...aim, reach, direction, ...(peers ? { peers } : {}) };
  },

  inject: (tools, aim) => applyRules(tools, aim, rulesOf(tools, aim)),

  /** Bitten once a neighbour that answered before (each, of named peers) is silent, and so is the service to it, while both live. */
  async witness(tools, aim, within) {
    const end = hostNow() + within;
    do {
      const knocks = await inside(tools, aim, (wire, container) =>
        Promise.all(aim.reach.map((it) => knockBoth(tools, wire, container, it, times, silenceMs))),
      );
      if (knocks?.every((it) => it.alive && lost(it.out).length === times && lost(it.back).length === times))
        return hullOf(knocks.flatMap((it) => [...it.out, ...it.back]));
      await sleep(100);
    } while (hostNow() < end);
    return undefined;
  },

  watch: (tools, aim, tell, until) => holdRules(tools, aim, rulesOf(tools, aim), tell, until),

  undo: (tools, aim) => removeRules(tools, aim),
});

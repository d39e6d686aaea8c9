import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { hostNow } from "../clock.ts";
import { defineFault, type FaultContainer, type FaultTools } from "./define.ts";
import { nothingToBreak } from "./nothing-to-break.ts";
import { aimAtNetwork, applyRules, holdRules, inside, packetAim, type Rules, removeRules } from "./packets.ts";
import { replica, replicaNumber, service } from "./params.ts";
import { containerName } from "./process.ts";
import type { Wire } from "./wire/wire.ts";

const times = 3;
/** The engine answers for a name of the stack in a millisecond. */
const silenceMs = 500;
const aimLimitMs = 1000;

const aimed = z.strictObject({
  ...packetAim.shape,
  answer: z.enum(["none", "nxdomain"]),
  /** A name that was answered before. */
  name: z.string(),
});

/** The answer that shows the fault. */
const wanted = { none: "silence", nxdomain: "no-such-name" } as const;

/**
 * The engine's own name server is behind 127.0.0.11 in each container, others are outside. What is asked of the first is dropped on its
 * arrival, and what others answer on theirs: dropping what is sent would be told to the sender at once, which no dead name server does.
 */
const silent = `  chain arriving {
    type filter hook input priority filter; policy accept;
    iif "lo" ct direction original ct original proto-dst 53 meta l4proto { tcp, udp } drop;
    iif != "lo" ct direction reply ct original proto-dst 53 meta l4proto { tcp, udp } drop;
  }`;

/**
 * Questions are sent to our own name server, before the engine's rules (dstnat, -100) send them to its own. The kernel decides that once
 * for each connection; those from before get silence.
 */
const redirected = (port: number) => `  chain leaving {
    type nat hook output priority -110; policy accept;
    udp dport 53 redirect to :${port};
    tcp dport 53 redirect to :${port};
  }
  chain arriving {
    type filter hook input priority filter; policy accept;
    iif "lo" ct direction original ct original proto-dst 53 meta l4proto { tcp, udp } th dport != ${port} drop;
    iif != "lo" ct direction reply ct original proto-dst 53 meta l4proto { tcp, udp } drop;
  }`;

const rulesOf =
  (answer: "none" | "nxdomain"): Rules =>
  async (wire) =>
    answer === "none" ? silent : redirected(await wire.denyNames());

/** A service can look up no name: nobody answers, or the answer is that there is none. Open connections and known addresses go on. */
export const dnsFailure = defineFault({
  kind: "dns-failure",
  summary: "A service can look up no name: no answer comes, or that there is no such name.",
  params: z.strictObject({
    service: service.meta({ description: "The service that finds no names" }),
    replica,
    answer: z.enum(["none", "nxdomain"]).default("none").meta({
      description: "Whether nobody answers (none) or each name is said not to exist (nxdomain); none unless told",
    }),
  }),
  aimed,
  ends: "by-us",
  lasts: true,
  needs: ["nft"],
  describe: ({ answer, ...params }) =>
    `${answer === "none" ? "no DNS" : "NXDOMAIN for every name"} in ${containerName(params)}`,

  async aim(tools, { service, replica, answer }) {
    const { aim, container, wire } = await aimAtNetwork(tools, "dns-failure", service, replicaNumber(replica));
    return { ...aim, answer, name: await answeredName(tools, wire, service, container) };
  },

  inject: (tools, aim) => applyRules(tools, aim, rulesOf(aim.answer)),

  /** Bitten once a name that was answered before is not, or is said not to exist. */
  async witness(tools, aim, within) {
    const end = hostNow() + within;
    do {
      const asked = await inside(tools, aim, (wire) =>
        Promise.all(Array.from({ length: times }, () => wire.lookUp(aim.name, silenceMs))),
      );
      if (asked?.every((it) => it.came === wanted[aim.answer]))
        return { from: Math.min(...asked.map((it) => it.when.from)), to: Math.max(...asked.map((it) => it.when.to)) };
      await sleep(100);
    } while (hostNow() < end);
    return undefined;
  },

  watch: (tools, aim, tell, until) => holdRules(tools, aim, rulesOf(aim.answer), tell, until),

  undo: (tools, aim) => removeRules(tools, aim),
});

/** A name of the stack that the container can look up: its own service's, or a neighbour's. */
async function answeredName(tools: FaultTools, wire: Wire, service: string, { id }: FaultContainer): Promise<string> {
  const names = [...new Set([service, ...(await tools.stack.neighbours(id)).map((it) => it.service)])];
  for (const name of names) if ((await wire.lookUp(name, aimLimitMs)).came === "address") return name;
  throw nothingToBreak(`${service} can look up no name now, so nothing would show that it cannot`, {
    asked: names.join(", "),
  });
}

import { z } from "zod";
import type { Neighbour } from "./define.ts";
import { service } from "./params.ts";

/** Which packets of a service a fault is about. */

export const peers = z.array(service).min(1).optional().meta({
  description: "Only packets from and to these services, by their addresses at each moment; everybody's unless told",
});

export const packetDirection = z.enum(["both", "in", "out"]).default("both").meta({
  description: "Packets that arrive (in), that are sent (out) or both: a connection needs both ways; both unless told",
});
export type PacketDirection = z.output<typeof packetDirection>;

/** Chains that do something with these packets: all but those of the container with itself, or those of some neighbours alone. */
export function chainsFor(verdict: string, direction: PacketDirection, of?: readonly Neighbour[]): string {
  const chain = (name: string, hook: string, side: "saddr" | "daddr", itself: string) => {
    const rules = of
      ? byAddress(of, side).map((which) => `${which} ${verdict};`)
      : [`${itself} "lo" accept;`, `${verdict};`];
    return `  chain ${name} {\n    type filter hook ${hook} priority filter; policy accept;\n    ${rules.join("\n    ")}\n  }`;
  };
  return [
    ...(direction === "out" ? [] : [chain("arriving", "input", "saddr", "iif")]),
    ...(direction === "in" ? [] : [chain("leaving", "output", "daddr", "oif")]),
  ].join("\n");
}

/** Sorted: the same neighbours give the same text. */
function byAddress(of: readonly Neighbour[], side: "saddr" | "daddr"): string[] {
  const addresses = of.flatMap((it) => it.addresses).toSorted();
  const families = [
    ["ip", addresses.filter((it) => !it.includes(":"))],
    ["ip6", addresses.filter((it) => it.includes(":"))],
  ] as const;
  return families.flatMap(([family, of]) => (of.length > 0 ? [`${family} ${side} { ${of.join(", ")} }`] : []));
}

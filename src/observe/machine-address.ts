import { isIPv4 } from "node:net";
import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import { machineName } from "../scenario/machine.ts";
import type { WatchedAddress } from "./probing.ts";

/**
 * Addresses of the machine that the engine runs on, with the number that it has in one of the engine's networks in place of its name:
 * no name server there knows it. Each stays the series that it was.
 */
export async function onTheMachine(
  docker: Pick<Dockerode, "getNetwork">,
  network: string,
  addresses: readonly WatchedAddress[],
): Promise<WatchedAddress[]> {
  const isOfIt = ({ url }: WatchedAddress) => new URL(url).hostname === machineName;
  if (!addresses.some(isOfIt)) return [...addresses];
  const gateway = await gatewayOf(docker, network);
  return addresses.map((it) => (isOfIt(it) ? { ...it, url: withHost(it.url, gateway) } : it));
}

/** Where a container of this network reaches the machine itself. */
async function gatewayOf(docker: Pick<Dockerode, "getNetwork">, network: string): Promise<string> {
  const { IPAM } = await answered(`for the network ${network}`, docker.getNetwork(network).inspect());
  const pools: readonly { readonly Gateway?: string | undefined }[] = IPAM?.Config ?? [];
  const gateway = pools.flatMap(({ Gateway }) => Gateway?.split("/")[0] ?? []).find(isIPv4);
  if (gateway !== undefined) return gateway;
  throw new KnownError("no-gateway", `the machine has no address in the network ${network}`, {
    facts: { wanted: "a bridge with a gateway, as Compose makes it", found: JSON.stringify(IPAM ?? {}) },
  });
}

/** Not by URL itself, which refuses to put an address where a scheme that it does not know (tcp:) has a name. */
const withHost = (url: string, host: string): string => url.replace(`//${machineName}`, `//${host}`);

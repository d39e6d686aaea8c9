import type Dockerode from "dockerode";
import type { Neighbour } from "../fault/define.ts";

type Look = Dockerode.ContainerInspectInfo;

/** Those that share a network with one, with their addresses in the networks that they share. */
export function neighboursOf(
  self: Look,
  others: readonly { readonly service: string; readonly look: Look }[],
): Neighbour[] {
  const placesOf = ({ NetworkSettings }: Look) => Object.values(NetworkSettings.Networks);
  const shared = new Set(placesOf(self).map((it) => it.NetworkID));
  return others.flatMap(({ service, look }) => {
    const places = placesOf(look).filter((it) => shared.has(it.NetworkID));
    if (places.length === 0) return [];
    const { Pid: pid, Running, Restarting, Paused: paused } = look.State;
    return [
      {
        service,
        container: { id: look.Id, pid, running: Running && !Restarting, paused },
        addresses: places.flatMap((it) => [it.IPAddress, it.GlobalIPv6Address]).filter(Boolean),
      },
    ];
  });
}

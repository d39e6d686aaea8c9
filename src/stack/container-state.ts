import { createHash } from "node:crypto";
import type Dockerode from "dockerode";
import { z } from "zod";
import type { ContainerState, Endpoint } from "../fault/define.ts";

/** What the engine tells of a container, as faults have to know it. */

export function endpointsOf({ Id: id, NetworkSettings }: Dockerode.ContainerInspectInfo): Endpoint[] {
  return Object.values(NetworkSettings.Networks).map(({ NetworkID, IPAddress, Aliases, IPAMConfig }) => ({
    network: NetworkID,
    address: IPAddress,
    // The engine adds the container's own short id by itself.
    aliases: z
      .array(z.string())
      .parse(Aliases ?? [])
      .filter((it) => !id.startsWith(it)),
    ...(IPAMConfig?.IPv4Address ? { fixed: IPAMConfig.IPv4Address } : {}),
  }));
}

const healths = z.enum(["starting", "healthy", "unhealthy"]);

export function stateOf(it: Dockerode.ContainerInspectInfo): ContainerState {
  const { Id: id, State, RestartCount, Image, Config } = it;
  const health = healths.safeParse(State.Health?.Status).data;
  const checks = State.Health?.Log ?? [];
  const { Cmd, Entrypoint, Env } = Config;
  return {
    id,
    pid: State.Pid,
    running: State.Running && !State.Restarting,
    paused: State.Paused,
    status: State.Status,
    restarts: RestartCount,
    ...(health ? { health } : {}),
    failedChecks: checks.length - 1 - checks.findLastIndex((check) => check.ExitCode === 0),
    endpoints: endpointsOf(it),
    configuration: hashOf([Image, Cmd, Entrypoint, [...(Env ?? [])].sort()]),
  };
}

/** What it stands for may hold secrets. */
const hashOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

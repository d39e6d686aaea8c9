import { setTimeout as sleep } from "node:timers/promises";
import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import { type Duration, formatDuration, seconds } from "../time.ts";

/** What was removed, for people. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  /**
   * Networks that stay: the engine counts endpoints on them that no container has, after it lost one in the removal of several at once.
   * Nothing but its restart sets that right (moby/moby#42119).
   */
  readonly stuck: readonly string[];
}

export const removalLimit = seconds(60);
const againMs = 50;

/**
 * Removes every container, network and volume that carries all of these labels (`key` or `key=value`), until a look finds
 * none. Gone already is a success; what is still in use is tried again, for its user may be about to appear. A network counts as
 * stuck when it is refused, with no container on it, still after `stuckAfter`: an endpoint may be on its way out, so that it was refused
 * once proves nothing, however long ago.
 */
export async function removeLabelled(
  docker: Dockerode,
  labels: readonly string[],
  stuckAfter: Duration = seconds(5),
): Promise<Removed> {
  const filters = JSON.stringify({ label: labels });
  const removed = { containers: new Set<string>(), networks: new Set<string>(), volumes: new Set<string>() };
  const began = performance.now();
  const emptySince = new Map<string, number>();
  const stuck = new Set<string>();
  for (;;) {
    const containers = await answered("for containers", docker.listContainers({ all: true, filters }));
    // Containers first: networks and volumes cannot go while one uses them.
    for (const it of containers) await leaveNetworks(docker, it);
    await Promise.all(
      containers.map(({ Id }) =>
        answered(`to remove ${Id.slice(0, 12)}`, gone(docker.getContainer(Id).remove({ force: true, v: true }))),
      ),
    );
    const [networks, { Volumes: volumes }] = await Promise.all([
      answered("for networks", docker.listNetworks({ filters })),
      answered("for volumes", docker.listVolumes({ filters })),
    ]);
    const left = networks.filter(({ Name }) => !stuck.has(Name));
    if (containers.length + left.length + (volumes?.length ?? 0) === 0) break;
    const tried = await Promise.all([
      ...left.map(({ Id, Name }) => goneUnlessUsed(Name, docker.getNetwork(Id).remove())),
      ...(volumes ?? []).map(({ Name }) => goneUnlessUsed(Name, docker.getVolume(Name).remove())),
    ]);
    const inUse = tried.filter((it) => it !== undefined);
    for (const { Id } of containers) removed.containers.add(Id);
    for (const { Id, Name } of left) if (!inUse.includes(Name)) removed.networks.add(Id);
    for (const { Name } of volumes ?? []) if (!inUse.includes(Name)) removed.volumes.add(Name);
    for (const { Id, Name } of left) {
      if (!inUse.includes(Name) || !(await isEmpty(docker, Id))) {
        emptySince.delete(Name);
        continue;
      }
      const since = emptySince.get(Name);
      if (since === undefined) emptySince.set(Name, performance.now());
      else if (performance.now() - since > stuckAfter) stuck.add(Name);
    }
    if (performance.now() - began > removalLimit)
      throw new KnownError(
        "not-removed",
        `what carries ${labels.join(", ")} is still there after ${formatDuration(removalLimit)}`,
        {
          facts: { "in use": inUse.join(", ") || "nothing; it keeps coming back", try: "healproof clean" },
        },
      );
    if (inUse.length > 0) await sleep(againMs);
  }
  const { containers, networks, volumes } = removed;
  return { containers: containers.size, networks: networks.size, volumes: volumes.size, stuck: [...stuck] };
}

/** What a container is on that no other is, whatever else is there: nothing can be left. */
const sharedByNobody = new Set(["host", "none"]);

/**
 * Before several are removed at once: where they leave a network all together, an engine before 20.10.27 may lock up for good
 * (moby/moby#46661), or lose count of its endpoints. To leave takes some 50 ms, also beside a load under which a removal takes many times
 * as long as it should.
 */
async function leaveNetworks(docker: Dockerode, { Id, NetworkSettings }: Dockerode.ContainerInfo): Promise<void> {
  for (const [name, { NetworkID, EndpointID }] of Object.entries(NetworkSettings?.Networks ?? {})) {
    if (sharedByNobody.has(name) || !EndpointID) continue;
    const leaving = docker.getNetwork(NetworkID).disconnect({ Container: Id, Force: true });
    // One that has left by itself meanwhile, or is on its way out, is refused; and its removal says what is wrong with any other.
    await answered(`to take ${Id.slice(0, 12)} from ${name}`, leaving).catch((thrown: unknown) => {
      if (statusOf(thrown) === undefined) throw thrown;
    });
  }
}

/** Whether the engine itself knows no container on a network. */
async function isEmpty(docker: Dockerode, id: string): Promise<boolean> {
  try {
    const { Containers } = await answered("for a network", docker.getNetwork(id).inspect());
    return Object.keys(Containers ?? {}).length === 0;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return false;
    throw thrown;
  }
}

/** Why a network stays, and what helps. */
export const stuckText = (network: string): string =>
  `the network ${network} stays until the engine is restarted: it counts endpoints there that no container has`;

/** The name of what is still in use, or undefined once it is gone. The engine says 409 for a volume and 403 for a network. */
async function goneUnlessUsed(name: string, removal: Promise<unknown>): Promise<string | undefined> {
  try {
    await answered(`to remove ${name}`, gone(removal));
    return undefined;
  } catch (thrown) {
    if (statusOf(thrown) === 409 || statusOf(thrown) === 403) return name;
    throw thrown;
  }
}

/** A removal that found nothing (404) or found another removal at work (409) has reached its end. */
export async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (thrown) {
    if (statusOf(thrown) === 404 || (statusOf(thrown) === 409 && /already in progress/.test(String(thrown)))) return;
    throw thrown;
  }
}

/** The HTTP status of an engine's refusal, if it is one. */
export function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && "statusCode" in thrown && typeof thrown.statusCode === "number"
    ? thrown.statusCode
    : undefined;
}

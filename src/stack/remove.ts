import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";

/** What was removed, for people. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/** More passes than ever are needed: what the engine was still making when its maker was killed shows up in the next. */
const mostPasses = 5;

/**
 * Removes every container, network and volume that carries all of these labels (`key` or `key=value`), until a look finds
 * none. Gone already is a success.
 */
export async function removeLabelled(docker: Dockerode, labels: readonly string[]): Promise<Removed> {
  const sum = { containers: 0, networks: 0, volumes: 0 };
  for (let pass = 0; pass < mostPasses; pass++) {
    const removed = await removeOnce(docker, labels);
    if (removed.containers + removed.networks + removed.volumes === 0) return sum;
    sum.containers += removed.containers;
    sum.networks += removed.networks;
    sum.volumes += removed.volumes;
  }
  throw new KnownError("not-removed", `what carries ${labels.join(", ")} came back ${mostPasses} times`, {
    facts: { try: "healproof clean, once whatever makes it has ended" },
  });
}

/** Containers go first and side by side: networks and volumes cannot go while one uses them. */
async function removeOnce(docker: Dockerode, labels: readonly string[]): Promise<Removed> {
  const filters = JSON.stringify({ label: labels });
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => gone(docker.getContainer(Id).remove({ force: true, v: true }))));
  const [networks, { Volumes: volumes }] = await Promise.all([
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  await Promise.all([
    ...networks.map(({ Id }) => gone(docker.getNetwork(Id).remove())),
    ...(volumes ?? []).map(({ Name }) => gone(docker.getVolume(Name).remove())),
  ]);
  return { containers: containers.length, networks: networks.length, volumes: volumes?.length ?? 0 };
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

import type Dockerode from "dockerode";

/** What was removed, for people. */
export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/**
 * Removes every container, network and volume that carries all of these labels (`key` or `key=value`). Gone already is a
 * success. Containers go first and side by side: networks and volumes cannot go while one uses them.
 */
export async function removeLabelled(docker: Dockerode, labels: readonly string[]): Promise<Removed> {
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

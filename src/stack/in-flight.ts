import { setTimeout as sleep } from "node:timers/promises";
import type Dockerode from "dockerode";
import { KnownError } from "../errors.ts";
import { formatDuration, seconds } from "../time.ts";
import type { ComposeModel } from "./compose-file.ts";
import { gone, statusOf } from "./remove.ts";

/**
 * The engine goes on creating containers that it was asked for when whoever asked has died, and lists none before it is
 * finished. But it reserves a container's name first: so once we could take a name, nothing under that name is on its way.
 */

const limit = seconds(30);
const againMs = 50;

/** A container that Compose was asked for. */
export interface Expected {
  readonly name: string;
  readonly image: string;
}

/** What Compose is going to create, replica by replica. */
export function expectedOf(model: ComposeModel, project: string): Expected[] {
  return Object.entries(model.services).flatMap(([service, { image, scale, deploy }]) =>
    Array.from({ length: scale ?? deploy?.replicas ?? 1 }, (_, i) => ({
      name: `${project}-${service}-${i + 1}`,
      image: image ?? `${project}-${service}`,
    })),
  );
}

/** Returns once none of these is being created any more: each exists (and is removed), or never will. */
export async function awaitInFlight(
  docker: Dockerode,
  expected: readonly Expected[],
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await Promise.all(expected.map((it) => takeAndGiveBack(docker, it, labels)));
}

async function takeAndGiveBack(
  docker: Dockerode,
  { name, image }: Expected,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    try {
      // Labelled as the rest of its run, so that it is found should we die in between. Never started.
      const placeholder = await docker.createContainer({ name, Image: image, Labels: { ...labels }, Cmd: ["-"] });
      await gone(placeholder.remove({ force: true, v: true }));
      return;
    } catch (thrown) {
      // Without its image nothing can have been created.
      if (statusOf(thrown) === 404) return;
      if (statusOf(thrown) !== 409) throw thrown;
    }
    await gone(docker.getContainer(name).remove({ force: true, v: true }));
    if (performance.now() - began > limit)
      throw new KnownError("still-created", `${name} was still being created after ${formatDuration(limit)}`, {
        facts: { try: "healproof clean, once the engine is idle" },
      });
    await sleep(againMs);
  }
}

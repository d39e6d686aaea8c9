import { setTimeout as sleep } from "node:timers/promises";
import type Dockerode from "dockerode";
import { z } from "zod";
import { KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import { formatDuration, seconds } from "../time.ts";
import type { ComposeModel } from "./compose-file.ts";
import { label } from "./labels.ts";
import { gone, type Removed, removeLabelled, statusOf } from "./remove.ts";

/**
 * The engine goes on creating containers that it was asked for when whoever asked has died, and lists none before it is
 * finished. But it reserves a container's name first: so once we could take a name, nothing under that name is on its way.
 */

const limit = seconds(30);
const againMs = 50;

/** What Compose is going to create. */
export const expected = z.strictObject({
  containers: z.array(z.strictObject({ name: z.string(), image: z.string() })),
  volumes: z.array(z.string()),
});
export type Expected = z.output<typeof expected>;

/** Replica by replica, and the volumes that are the project's own. */
export function expectedOf(model: ComposeModel, project: string): Expected {
  return {
    containers: Object.entries(model.services).flatMap(([service, { image, scale, deploy }]) =>
      Array.from({ length: scale ?? deploy?.replicas ?? 1 }, (_, i) => ({
        name: `${project}-${service}-${i + 1}`,
        image: image ?? `${project}-${service}`,
      })),
    ),
    volumes: Object.entries(model.volumes ?? {}).flatMap(([key, volume]) =>
      volume?.external ? [] : [`${project}_${key}`],
    ),
  };
}

/** Removes all of a start that did not come to its end: what is there, and what the engine is still making. `left`: containers that are not ours. */
export async function removeInterrupted(
  docker: Dockerode,
  { containers, volumes }: Expected,
  labels: Readonly<Record<string, string>>,
): Promise<Removed & { left: string[] }> {
  const left: string[] = [];
  // One after another: see leaveNetworks in remove.ts.
  for (const it of containers) if ((await takeAndGiveBack(docker, it, labels)) === "somebody's") left.push(it.name);
  const removed = await removeLabelled(
    docker,
    [label.run, label.trial].map((key) => `${key}=${labels[key]}`),
  );
  // A container that was on its way takes its volumes from the name alone: made anew, without our labels.
  await Promise.all(
    volumes.map((name) => answered(`to remove the volume ${name}`, gone(docker.getVolume(name).remove()))),
  );
  return { ...removed, left };
}

/** Whether the name is free, or held by a container that is not of our run and so is left alone. */
async function takeAndGiveBack(
  docker: Dockerode,
  { name, image }: Expected["containers"][number],
  labels: Readonly<Record<string, string>>,
): Promise<"free" | "somebody's"> {
  const began = performance.now();
  for (;;) {
    try {
      // Labelled as the rest of its run, so that it is found should we die in between. Never started.
      const placeholder = await answered(
        `for the name ${name}`,
        docker.createContainer({ name, Image: image, Labels: { ...labels }, Cmd: ["-"] }),
      );
      await answered(`to remove ${name}`, gone(placeholder.remove({ force: true, v: true })));
      return "free";
    } catch (thrown) {
      // Without its image nothing can have been created.
      if (statusOf(thrown) === 404) return "free";
      if (statusOf(thrown) !== 409) throw thrown;
    }
    const found = await lookAt(docker, name);
    if (found && found.run !== labels[label.run]) return "somebody's";
    // By its id: the name may be another's by now.
    if (found)
      await answered(`to remove ${name}`, gone(docker.getContainer(found.id).remove({ force: true, v: true })));
    if (performance.now() - began > limit)
      throw new KnownError("still-created", `${name} was still being created after ${formatDuration(limit)}`, {
        facts: { try: "healproof clean, once the engine is idle" },
      });
    await sleep(againMs);
  }
}

/** A name that is taken by what is still on its way belongs to no container yet. */
async function lookAt(docker: Dockerode, name: string): Promise<{ id: string; run: string | undefined } | undefined> {
  try {
    const { Id: id, Config } = await answered(`for ${name}`, docker.getContainer(name).inspect());
    return { id, run: Config.Labels?.[label.run] };
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  }
}

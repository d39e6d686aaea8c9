import type Dockerode from "dockerode";
import { z } from "zod";
import type { FaultStack } from "../fault/define.ts";
import { seenWithin } from "../fault/looking.ts";
import { engineLimit, stretched } from "../limit.ts";
import { type Duration, minutes, ms, seconds } from "../time.ts";

/** A stop through the engine: the stop signal, the container's grace, then a kill. The engine goes on with it when who asked is gone. */

/** What the engine gives a container that does not say otherwise. */
const usualGrace = seconds(10);
/** A container may have more, or one without end: nobody waits for that. */
const longestGrace = minutes(5);
/** From the end of its grace until it is gone, on a busy machine. */
const killed = seconds(5);
const lookEvery = ms(100);

/** Longer than a stop takes that the engine works on. */
export const stopLimit = ms(longestGrace + engineLimit);

const config = z.looseObject({ StopTimeout: z.int().nullish() });

function graceOf({ Config }: Pick<Dockerode.ContainerInspectInfo, "Config">): Duration {
  const { StopTimeout: given } = config.parse(Config);
  if (given === null || given === undefined) return usualGrace;
  return given < 0 ? longestGrace : ms(Math.min(seconds(given), longestGrace));
}

type Looked = Pick<Dockerode.ContainerInspectInfo, "Config" | "State">;

/**
 * Waits until a container's present life is over, for as long as a stop of it may take. `look` finds nothing once it is removed. Not
 * running is a success; and one that nobody stops runs on.
 */
export async function untilStopped(look: () => Promise<Looked | undefined>): Promise<void> {
  const first = await look();
  if (!first?.State.Running) return;
  const isOver = async () => {
    const now = await look();
    return !now?.State.Running || now.State.Pid !== first.State.Pid;
  };
  await seenWithin(isOver, stretched(ms(graceOf(first) + killed)), lookEvery);
}

/** Starts a service, also one that is still being stopped: that cannot be started before it is over. Already running is a success. */
export async function startOnceStopped(
  stack: Pick<FaultStack, "container" | "untilStopped" | "start">,
  service: string,
): Promise<void> {
  const { id, running } = await stack.container(service);
  if (running) await stack.untilStopped(id);
  await stack.start(id);
}

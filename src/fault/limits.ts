import { z } from "zod";
import { formatSize } from "../size.ts";
import { ms } from "../time.ts";
import type { ContainerLimits, FaultLook, FaultTools } from "./define.ts";
import { keepLooking } from "./looking.ts";
import { containerName, processAim } from "./process.ts";

/** What the faults share that give a container less: its limits as the engine keeps them, through restarts too. */

const limits = z.strictObject({ memory: z.number(), memorySwap: z.number(), cpus: z.number() }).partial();

export const limitsAim = processAim.extend({ former: limits, given: limits });
type LimitsAim = z.output<typeof limitsAim>;

/** Two calls of the engine a look. */
const every = ms(1000);

/** In force until somebody gives the container other limits, or makes it anew. */
export function watchLimits(
  { stack }: FaultTools,
  aim: LimitsAim,
  tell: (look: FaultLook) => void,
  abort: AbortSignal,
): Promise<void> {
  return keepLooking(
    async () => {
      const { id } = await stack.container(aim.service, aim.replica);
      if (id !== aim.process.container) return { state: "replaced", why: "the container was made anew" };
      const now = await stack.limits(id);
      return areGiven(now, aim)
        ? { state: "in-force", why: `still ${limitsText(aim.given)}` }
        : { state: "healed", why: `somebody has given it ${limitsText(pick(now, aim))}` };
    },
    tell,
    abort,
    every,
  );
}

/** Gives back what it had, unless it has been given something else since. */
export async function giveBack({ stack }: FaultTools, aim: LimitsAim): Promise<string> {
  const { id } = await stack.container(aim.service, aim.replica);
  if (id !== aim.process.container) return `${containerName(aim)} was made anew; nothing to put back`;
  const now = await stack.limits(id);
  if (areGiven(now, { given: aim.former }))
    return `${containerName(aim)} has ${limitsText(aim.former)}; nothing to put back`;
  if (!areGiven(now, aim)) return `${containerName(aim)} was given ${limitsText(pick(now, aim))} by somebody; left so`;
  await stack.setLimits(id, given(aim.former));
  return `${containerName(aim)} has ${limitsText(aim.former)} again`;
}

/** The engine keeps shares of a core as whole microseconds. */
const slack = 1e-4;

const areGiven = (now: ContainerLimits, aim: Pick<LimitsAim, "given">) =>
  (["memory", "cpus"] as const).every((key) => Math.abs(now[key] - (aim.given[key] ?? now[key])) < slack);

const pick = (now: ContainerLimits, aim: LimitsAim): LimitsAim["given"] =>
  aim.given.cpus === undefined ? { memory: now.memory } : { cpus: now.cpus };

export function limitsText({ memory, cpus }: LimitsAim["given"]): string {
  if (cpus !== undefined) return cpus === 0 ? "all cores" : `${cpus} cores`;
  return memory ? `${formatSize(memory)} of memory` : "no limit of memory";
}

/** Without what is undefined, which an engine might take for a value. */
export function given({ memory, memorySwap, cpus }: LimitsAim["given"]): Partial<ContainerLimits> {
  return {
    ...(memory === undefined ? {} : { memory }),
    ...(memorySwap === undefined ? {} : { memorySwap }),
    ...(cpus === undefined ? {} : { cpus }),
  };
}

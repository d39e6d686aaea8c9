import { z } from "zod";
import { formatSize } from "../size.ts";
import type { ContainerLimits, FaultLook, FaultTools } from "./define.ts";
import { keepLooking } from "./looking.ts";
import { containerName, processAim } from "./process.ts";

/** What the faults share that give a container less: its limits as the engine keeps them, through restarts too. */

const limits = z.strictObject({ memory: z.number(), memorySwap: z.number(), cpus: z.number() }).partial();

export const limitsAim = processAim.extend({ former: limits, given: limits });
type LimitsAim = z.output<typeof limitsAim>;

/**
 * In force until somebody gives the container other limits, or makes it anew. As long as its process lives, the kernel says so: an engine
 * may take seconds to tell of a container in which a healthcheck is just starting, and there that is slow.
 */
export function watchLimits(
  { stack, hand }: FaultTools,
  aim: LimitsAim,
  tell: (look: FaultLook) => void,
  abort: AbortSignal,
): Promise<void> {
  return keepLooking(
    async () => {
      const kept = await hand.usage(aim.process);
      if (kept && areGiven({ memory: kept.memoryLimit, cpus: kept.cpuLimit }, aim))
        return { state: "in-force", why: `still ${limitsText(aim.given)}` };
      const { id } = await stack.container(aim.service, aim.replica);
      if (id !== aim.process.container) return { state: "replaced", why: "the container was made anew" };
      const now = await stack.limits(id);
      return areGiven(now, aim)
        ? { state: "in-force", why: `still ${limitsText(aim.given)}` }
        : { state: "healed", why: `somebody has given it ${limitsText(pick(now, aim))}` };
    },
    tell,
    abort,
  );
}

/** Gives back what it had, unless it has been given something else since. */
export async function giveBack({ stack }: FaultTools, aim: LimitsAim): Promise<string> {
  const { id } = await stack.container(aim.service, aim.replica);
  if (id !== aim.process.container) return `${containerName(aim)} was made anew; nothing to put back`;
  const now = await stack.limits(id);
  if (areGiven(now, { given: aim.former }) && isGiven("memorySwap", now, aim.former))
    return `${containerName(aim)} has ${limitsText(aim.former)}; nothing to put back`;
  if (!areGiven(now, aim)) return `${containerName(aim)} was given ${limitsText(pick(now, aim))} by somebody; left so`;
  await stack.setLimits(id, given(aim.former));
  return `${containerName(aim)} has ${limitsText(aim.former)} again`;
}

/** The engine keeps shares of a core as whole microseconds, the kernel memory as whole pages. */
const slack = { cpus: 1e-4, memory: 65_536, memorySwap: 65_536 } as const;

const isGiven = <Key extends keyof ContainerLimits>(
  key: Key,
  now: Pick<ContainerLimits, Key>,
  wanted: LimitsAim["given"],
) => Math.abs(now[key] - (wanted[key] ?? now[key])) < slack[key];

const areGiven = (now: Pick<ContainerLimits, "memory" | "cpus">, { given: wanted }: Pick<LimitsAim, "given">) =>
  isGiven("memory", now, wanted) && isGiven("cpus", now, wanted);

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

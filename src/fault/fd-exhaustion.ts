import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ms } from "../time.ts";
import { defineFault, type FaultTools } from "./define.ts";
import type { Descriptors } from "./hand/hand.ts";
import { seenWithin } from "./looking.ts";
import { replica, service } from "./params.ts";
import {
  aimAtMainProcess,
  containerName,
  goneBefore,
  nothingToBreakIn,
  type ProcessAim,
  processAim,
  watchBeside,
} from "./process.ts";

const fdAim = processAim.extend({ soft: z.int() });

/**
 * A service that leaks file descriptors has none left: it runs, but can open no file and take no connection any more. The soft limit
 * of its main process is lowered to the lowest number that it does not hold, and again when it has closed one, as the leak would
 * take that. What it has open goes on working.
 */
export const fdExhaustion = defineFault({
  kind: "fd-exhaustion",
  summary:
    "The service's main process can open no file and no socket any more: its descriptor limit is lowered to what it holds.",
  params: z.strictObject({
    service: service.meta({ description: "The service that has no descriptor left" }),
    replica,
  }),
  aimed: fdAim,
  ends: "with-the-process",
  lasts: true,
  capabilities: ["SYS_PTRACE", "DAC_OVERRIDE", "SETUID", "SETGID"],
  describe: (params) => `no descriptors left for ${containerName(params)}`,

  async aim(tools, params) {
    const aim = await aimAtMainProcess(tools, params);
    const now = await lookAt(tools, aim);
    if (isExhausted(now)) throw nothingToBreakIn(aim, "it has no descriptor left as it is", { limit: `${now.soft}` });
    return { ...aim, soft: now.soft };
  },

  async inject(tools, aim) {
    const set = await tools.hand.descriptors.limit(aim.process, await lowestHeld(tools, aim));
    if (!set) throw goneBefore(aim, "a lower limit of descriptors");
    return set;
  },

  /** Bitten once the lowest number that is free is not below the limit: the kernel then refuses to open anything. */
  witness: ({ hand }, { process, soft }, within) =>
    seenWithin(async () => {
      const now = await hand.descriptors.look(process);
      return now !== undefined && now.soft < soft && isExhausted(now);
    }, within),

  async watch({ hand }, { process }, tell, abort) {
    let limit: number | undefined;
    let closed = 0;
    const look = async () => {
      const now = await hand.descriptors.look(process);
      if (!now) return undefined;
      limit ??= now.soft;
      if (now.soft > limit)
        return { state: "released", why: `the limit was raised from ${limit} to ${now.soft}` } as const;
      if (!isExhausted(now)) {
        await hand.descriptors.limit(process, now.lowestFree);
        limit = now.lowestFree;
        closed += 1;
      }
      const again = closed > 0 ? `; lowered again ${closed} times, for what it closed` : "";
      return { state: "in-force", why: `still no descriptor left (limit ${limit})${again}` } as const;
    };
    const gone = { state: "replaced", why: "the process is gone" } as const;
    await watchBeside(hand, process, (state) => (state === "gone" ? gone : undefined), look, tell, abort);
  },

  /** Of the very process, if it is still there. */
  async undo({ hand }, aim) {
    const now = await hand.descriptors.look(aim.process);
    if (!now) return `${containerName(aim)}'s process ${aim.process.pid} is gone; nothing to put back`;
    if (now.soft >= aim.soft) return `${containerName(aim)} may open ${now.soft} descriptors; nothing to put back`;
    await hand.descriptors.limit(aim.process, aim.soft);
    return `${containerName(aim)} may open ${aim.soft} descriptors again`;
  },
});

const isExhausted = ({ lowestFree, soft }: Descriptors) => lowestFree >= soft;

async function lookAt({ hand }: FaultTools, aim: ProcessAim): Promise<Descriptors> {
  const found = await hand.descriptors.look(aim.process);
  if (!found) throw goneBefore(aim, "a look at its descriptors");
  return found;
}

const times = 20;
const apart = ms(10);

/** The lowest of several looks: a connection that is just being served will not be held for long. */
async function lowestHeld(tools: FaultTools, aim: ProcessAim): Promise<number> {
  let lowest = Number.POSITIVE_INFINITY;
  for (let left = times; left > 0; left--) {
    lowest = Math.min(lowest, (await lookAt(tools, aim)).lowestFree);
    await sleep(apart);
  }
  return lowest;
}

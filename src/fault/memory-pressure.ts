import { z } from "zod";
import { spanOf } from "../clock.ts";
import { formatSize, size } from "../size.ts";
import { defineFault } from "./define.ts";
import { giveBack, given, limitsAim, watchLimits } from "./limits.ts";
import { seenWithin } from "./looking.ts";
import { replica, service } from "./params.ts";
import { aimAtMainProcess, containerName, goneBefore, nothingToBreakIn } from "./process.ts";

/** The engine takes no less. */
const leastLimit = 6 * 2 ** 20;
/** The kernel counts in whole pages. */
const page = 4096;

/**
 * A service has hardly any memory left, as with a limit that was set too low or a leak that has come near it: the limit of its
 * container is lowered to what it uses, and a little more. If it then wants more than that, the kernel kills it.
 */
export const memoryPressure = defineFault({
  kind: "memory-pressure",
  summary: "The memory limit of the service's container is lowered to what it uses, leaving a little.",
  params: z.strictObject({
    service: service.meta({ description: "The service that has hardly any memory left" }),
    replica,
    leaving: size.meta({ description: "How much more than it uses now it may use: 8MiB" }),
  }),
  aimed: limitsAim.extend({ given: z.strictObject({ memory: z.number(), memorySwap: z.number() }) }),
  ends: "by-healing",
  lasts: true,
  capabilities: ["SYS_PTRACE"],
  lowers: { limit: "memory" },
  describe: ({ leaving, ...params }) => `memory for ${containerName(params)}: what it uses and ${formatSize(leaving)}`,

  async aim(tools, { leaving, ...params }) {
    const aim = await aimAtMainProcess(tools, params);
    const usage = await tools.hand.usage(aim.process);
    if (!usage) throw goneBefore(aim, "a look at its memory");
    const memory = Math.ceil((usage.workingSet + leaving) / page) * page;
    const uses = { "it uses": formatSize(usage.workingSet), "to be left": formatSize(leaving) };
    if (memory < leastLimit)
      throw nothingToBreakIn(aim, `a limit of ${formatSize(memory)} is less than the engine takes`, {
        ...uses,
        try: `leaving: ${Math.ceil((leastLimit - usage.workingSet) / 1024)}KiB or more`,
      });
    const { memory: had, memorySwap } = await tools.stack.limits(aim.process.container);
    if (had > 0 && had <= memory)
      throw nothingToBreakIn(aim, `its limit is ${formatSize(had)} as it is`, { ...uses, try: "leaving less" });
    // No swap, or it would be slow instead of short of memory.
    return { ...aim, former: { memory: had, memorySwap }, given: { memory, memorySwap: memory } };
  },

  inject: ({ stack }, aim) => spanOf(() => stack.setLimits(aim.process.container, given(aim.given))),

  /** Bitten once the kernel holds it to that limit. */
  witness: ({ hand }, { process, given: { memory } }, within) =>
    seenWithin(async () => (await hand.usage(process))?.memoryLimit === memory, within),

  watch: watchLimits,
  undo: giveBack,
});

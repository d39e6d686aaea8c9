import { z } from "zod";
import { hostNow, spanOf } from "../clock.ts";
import { ms } from "../time.ts";
import { defineFault } from "./define.ts";
import { giveBack, given, limitsAim, limitsText, watchLimits } from "./limits.ts";
import { seenWithin } from "./looking.ts";
import { replica, service } from "./params.ts";
import { aimAtMainProcess, containerName, nothingToBreakIn } from "./process.ts";

/**
 * A service gets hardly any CPU time, as beside a neighbour that takes it all: its container's share is cut. Everything in it still
 * works, slowly; its healthcheck too, which may then be too slow.
 */
export const cpuPressure = defineFault({
  kind: "cpu-pressure",
  summary: "The service's container gets only a small share of a core: everything in it works, slowly.",
  params: z.strictObject({
    service: service.meta({ description: "The service that gets less" }),
    replica,
    cpus: z.number().min(0.01).meta({ description: "How many cores it may use: 0.05 is a twentieth of one" }),
  }),
  aimed: limitsAim.extend({ given: z.strictObject({ cpus: z.number() }) }),
  ends: "by-healing",
  lasts: true,
  capabilities: ["SYS_PTRACE"],
  lowers: { limit: "cpus" },
  describe: ({ cpus, ...params }) => `${cpus} cores for ${containerName(params)}`,

  async aim(tools, { cpus, ...params }) {
    const aim = await aimAtMainProcess(tools, params);
    const former = await tools.stack.limits(aim.process.container);
    if (former.cpus > 0 && former.cpus <= cpus)
      throw nothingToBreakIn(aim, `it may not use more than ${limitsText({ cpus: former.cpus })} as it is`, {
        wanted: limitsText({ cpus }),
      });
    return { ...aim, former: { cpus: former.cpus }, given: { cpus } };
  },

  inject: ({ stack }, aim) => spanOf(() => stack.setLimits(aim.process.container, given(aim.given))),

  /** Bitten once the kernel holds it to that share, and then has kept it from running for it: one that is idle feels nothing. */
  async witness({ hand }, { process, given: { cpus } }, within) {
    const end = hostNow() + within;
    let before = Number.POSITIVE_INFINITY;
    const held = await seenWithin(async () => {
      const usage = await hand.usage(process);
      if (!usage || Math.abs(usage.cpuLimit - cpus) > 1e-4) return false;
      before = usage.throttledMs;
      return true;
    }, within);
    if (!held) return undefined;
    return seenWithin(async () => ((await hand.usage(process))?.throttledMs ?? 0) > before, ms(end - hostNow()));
  },

  watch: watchLimits,
  undo: giveBack,
});

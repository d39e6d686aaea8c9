import { z } from "zod";
import { spanOf } from "../clock.ts";
import { defineFault } from "./define.ts";
import { keepLooking, seenWithin } from "./looking.ts";
import { replica, service } from "./params.ts";
import { aimAtMainProcess, containerName, nothingToBreakIn, processAim } from "./process.ts";

/**
 * Everything in a container stands still, its healthcheck too: `docker pause`, the cgroup's freezer, as on a host that has run out of
 * everything. The engine goes on saying what health it last had, so who goes by that sees nothing. A restart ends it.
 */
export const freeze = defineFault({
  kind: "freeze",
  summary:
    "The whole container stands still (docker pause), its healthcheck included, so that its health is never asked.",
  params: z.strictObject({ service: service.meta({ description: "The service whose container is frozen" }), replica }),
  aimed: processAim,
  ends: "with-the-process",
  lasts: true,
  capabilities: ["SYS_PTRACE"],
  describe: (params) => `freeze of ${containerName(params)}`,

  async aim(tools, params) {
    const aim = await aimAtMainProcess(tools, params);
    const { paused } = await tools.stack.container(aim.service, aim.replica);
    if (paused) throw nothingToBreakIn(aim, "it is frozen already", { try: "docker unpause, by whoever paused it" });
    return aim;
  },

  inject: ({ stack }, { process }) => spanOf(() => stack.pause(process.container)),

  /** Bitten once the kernel says that the cgroup is frozen. */
  witness: ({ hand }, { process }, within) =>
    seenWithin(async () => (await hand.usage(process))?.frozen === true, within),

  watch: ({ hand }, { process }, tell, abort) =>
    keepLooking(
      async () => {
        const usage = await hand.usage(process);
        if (!usage) return { state: "replaced", why: "the process is gone" };
        return usage.frozen
          ? { state: "in-force", why: "still frozen" }
          : { state: "healed", why: "somebody thawed the container" };
      },
      tell,
      abort,
    ),

  async undo({ stack }, aim) {
    const { id, paused } = await stack.container(aim.service, aim.replica);
    if (!paused) return `${containerName(aim)} is not frozen any more; nothing to put back`;
    await stack.unpause(id);
    return `${containerName(aim)} thawed`;
  },
});

import { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import { formatSize, size } from "../size.ts";
import { defineFault, type FaultTools } from "./define.ts";
import { giveBack, given, limitsAim } from "./limits.ts";
import { replica, service } from "./params.ts";
import {
  aimAtMainProcess,
  containerName,
  goneBefore,
  nothingToBreakIn,
  type ProcessAim,
  processAim,
  startAgain,
  until,
} from "./process.ts";

const oomAim = processAim.extend({ score: z.int(), limit: limitsAim.pick({ former: true, given: true }).optional() });

const howItWent = {
  ended: { seen: "the process ended meanwhile, by something else", try: "again, with nothing else that ends it" },
  survived: {
    seen: "the process has used all that it had reserved, and lives",
    try: "limit: less, so that what it has reserved is enough to reach it",
  },
} as const;

/**
 * A service leaks until it has more than its container may, and the kernel kills it for that: its main process is made to use what
 * it has reserved, page by page, until the kernel ends it. No tool in the image is needed, and it is the kernel's own kill.
 */
export const oom = defineFault({
  kind: "oom",
  summary: "The service's main process uses ever more memory until the kernel kills it at its container's limit.",
  params: z.strictObject({
    service: service.meta({ description: "The service that is killed for memory" }),
    replica,
    limit: size.optional().meta({
      description:
        "The memory limit of its container meanwhile, where it has none or more than the service has reserved",
    }),
  }),
  aimed: oomAim,
  ends: "at-once",
  lasts: false,
  capabilities: ["SYS_PTRACE", "DAC_OVERRIDE"],
  lowers: { limit: "memory", given: "limit" },
  describe: (params) => `out of memory in ${containerName(params)}`,

  async aim(tools, { limit, ...params }): Promise<z.output<typeof oomAim>> {
    const aim = await aimAtMainProcess(tools, params);
    const { memory: had, memorySwap } = await tools.stack.limits(aim.process.container);
    const memory = limit ?? had;
    if (memory === 0)
      throw nothingToBreakIn(aim, "its container has no memory limit that it could come up against", {
        try: "mem_limit in the Compose file; or `limit: 256MiB` here, which is set for the time and put back",
      });
    const { score } = await checkReach(tools, aim, memory);
    if (limit === undefined) return { ...aim, score };
    return { ...aim, score, limit: { former: { memory: had, memorySwap }, given: { memory, memorySwap: memory } } };
  },

  async inject({ stack, hand }, aim) {
    const { process, limit } = aim;
    if (limit) await stack.setLimits(process.container, given(limit.given));
    const exhausted = await hand.memory.exhaust(process);
    if (!exhausted) throw goneBefore(aim, "to make it use its memory");
    if (exhausted.outcome === "killed") return exhausted.when;
    throw nothingToBreakIn(aim, "the kernel has not killed it for memory", {
      wanted: "one more process in the kernel's count of those that it killed for memory",
      ...howItWent[exhausted.outcome],
    });
  },

  /** Bitten once the process is gone: that it was the kernel, for memory, is what the injection has seen. */
  witness: ({ hand }, { process }, within) => until(hand, process, "gone", within),

  async undo(tools, aim) {
    const { hand } = tools;
    const released = await hand.memory.release(aim.process, aim.score);
    const done = released ? [`${containerName(aim)}'s process ${aim.process.pid} goes on as it was`] : [];
    if (aim.limit) done.push(await giveBack(tools, { ...aim, ...aim.limit }));
    return [...done, await startAgain(tools, aim)].join("; ");
  },
});

/** Whether what the process has reserved is enough to come up against the limit. */
async function checkReach({ hand }: FaultTools, aim: ProcessAim, limit: number): Promise<{ score: number }> {
  const usage = await hand.usage(aim.process);
  const memory = await hand.memory.look(aim.process);
  if (!usage || !memory) throw goneBefore(aim, "a look at its memory");
  const facts = {
    "it uses": formatSize(usage.workingSet),
    "it has reserved besides": formatSize(memory.unused),
    limit: formatSize(limit),
  };
  if (limit <= usage.workingSet)
    throw new KnownError("limit-below-use", `a limit of ${formatSize(limit)} is less than ${containerName(aim)} uses`, {
      facts: { ...facts, try: `limit: more than ${formatSize(usage.workingSet)}` },
      exitCode: exitCode.usage,
    });
  if (usage.anonymous + memory.unused > limit) return { score: memory.score };
  throw nothingToBreakIn(aim, "its main process has reserved too little memory to come up against the limit", {
    ...facts,
    try: `limit: less than ${formatSize(usage.anonymous + memory.unused)} (and more than it uses)`,
  });
}

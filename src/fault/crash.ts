import { z } from "zod";
import { defineFault } from "./define.ts";
import { aimAtMainProcess, breakWith, processAim, until } from "./process.ts";

/**
 * A service's main process dies at once, as by a segmentation fault or the kernel's OOM killer: SIGKILL from the host's PID
 * namespace. Unlike `docker kill`, the engine does not take it for a person's wish, so restart policies act on it.
 */
export const crash = defineFault({
  kind: "crash",
  summary: "The service's main process is killed (SIGKILL from outside), as by a crash.",
  params: z.strictObject({ service: z.string().meta({ description: "The service whose main process is killed" }) }),
  aimed: processAim,
  ends: "at-once",
  lasts: false,
  describe: ({ service }) => `crash of ${service}`,

  aim: (tools, { service }) => aimAtMainProcess(tools, service),

  inject: ({ hand }, aim) => breakWith(hand, aim, "SIGKILL"),

  /** Bitten once the process is gone. */
  witness: ({ hand }, aim, within) => until(hand, aim.process, "gone", within),

  /** Starts the container if nothing else has: a healer that was switched off leaves it dead. */
  async undo({ stack }, aim) {
    const { running, id } = await stack.container(aim.service);
    if (running) return `${aim.service} runs again; nothing to put back`;
    await stack.start(id);
    return `${aim.service} was not running and has been started`;
  },
});

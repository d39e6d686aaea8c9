import { z } from "zod";
import { defineFault } from "./define.ts";
import { aimAtMainProcess, breakWith, processAim, until } from "./process.ts";

const looks = {
  stopped: { state: "in-force", why: "still frozen" },
  running: { state: "released", why: "the process is no longer frozen" },
  gone: { state: "replaced", why: "the process is gone" },
} as const;

/**
 * A service's main process stops doing anything while it stays alive, as in a deadlock or an endless wait: SIGSTOP. Its port
 * still accepts connections (the kernel does), so whoever only checks that it runs sees nothing.
 */
export const hang = defineFault({
  kind: "hang",
  summary: "The service's main process freezes (SIGSTOP): it lives, its port accepts, nothing answers.",
  params: z.strictObject({ service: z.string().meta({ description: "The service whose main process is frozen" }) }),
  aimed: processAim,
  ends: "with-the-process",
  lasts: true,
  describe: ({ service }) => `hang of ${service}`,

  aim: (tools, { service }) => aimAtMainProcess(tools, service),

  inject: ({ hand }, aim) => breakWith(hand, aim, "SIGSTOP"),

  /** Bitten once the process is in state T. */
  witness: ({ hand }, aim, within) => until(hand, aim.process, "stopped", within),

  watch: ({ hand }, aim, tell, abort) =>
    hand.watch(aim.process, (state, when) => tell({ ...looks[state], when }), abort),

  /** Continues the very process that was frozen, if it is still there. */
  async undo({ hand }, aim) {
    const { sent } = await hand.signal(aim.process, "SIGCONT");
    return sent ? `${aim.service}'s process ${aim.process.pid} continued` : `${aim.service}'s frozen process is gone`;
  },
});

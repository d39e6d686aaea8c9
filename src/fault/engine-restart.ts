import { z } from "zod";
import { defineFault } from "./define.ts";
import { labMachine } from "./host.ts";
import { labOf } from "./lab-of.ts";
import { seenWithin } from "./looking.ts";

/** As after an upgrade of its package: all containers end with it, and it starts again those whose restart policy says so. */
export const engineRestart = defineFault({
  kind: "engine-restart",
  summary: "The container engine is restarted, and every container with it.",
  params: z.strictObject({}),
  /** How the service manager told of its last start. */
  aimed: z.strictObject({ start: z.string() }),
  ends: "at-once",
  lasts: false,
  takesEngine: true,
  shares: [labMachine],
  describe: () => "restart of the engine",

  aim: async (tools) => ({ start: await labOf(tools).engineStart() }),

  inject: (tools) => labOf(tools).restartEngine(),

  witness: (tools, { start }, within) => seenWithin(async () => (await labOf(tools).engineStart()) !== start, within),

  async undo(tools) {
    await labOf(tools).startEngine();
    return "the engine runs";
  },
});

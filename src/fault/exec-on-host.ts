import { z } from "zod";
import { runOnHost } from "../stack/host-command.ts";
import { hostCommands } from "../stack/shares.ts";
import { breakBy, commands, commandsAim, type Runner, seenBy, shown, undoneBy, watchedBy } from "./command.ts";
import { defineFault } from "./define.ts";

const hostAim = z.strictObject({
  /** Where healproof was called: `clean` may be called elsewhere. */
  folder: z.string(),
  ...commandsAim,
});

/** Whatever a command can break from outside the stack, on the machine that runs healproof: a router, a power strip, a lab's own tools. */
export const execOnHost = defineFault({
  kind: "exec-on-host",
  summary: "Your own command on the machine that runs healproof, with your own witness and your own undo.",
  params: z.strictObject(commands),
  aimed: hostAim,
  ends: "by-healing",
  lasts: true,
  shares: [hostCommands],
  describe: ({ run }) => `${shown(run)} on this machine`,

  aim: async (_tools, { run, witness, undo, watch = witness }) => ({
    folder: process.cwd(),
    run,
    witness,
    undo,
    watch,
  }),

  inject: (_tools, aim) => breakBy(onHost(aim.folder), aim),

  witness: (_tools, aim, within) => seenBy(onHost(aim.folder), aim, within),

  watch: (_tools, aim, tell, until) => watchedBy(onHost(aim.folder), aim, tell, until),

  async undo(_tools, aim) {
    await undoneBy(onHost(aim.folder), aim);
    return `${shown(aim.undo)} was run on this machine`;
  },
});

const onHost =
  (folder: string): Runner =>
  (command, within) =>
    runOnHost(command, within, folder);

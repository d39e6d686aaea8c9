import { z } from "zod";
import { defineFault } from "./define.ts";
import { type Host, labMachine } from "./host.ts";
import { labOf } from "./lab-of.ts";
import { type FoundState, keepLooking, seenWithin } from "./looking.ts";

/** The mains of the whole machine are cut, and come back: everything in memory is gone, and of the disk what was not yet written. */
export const hostPowerLoss = defineFault({
  kind: "host-power-loss",
  summary: "The machine that everything runs on loses power, without any goodbye, and gets it back.",
  params: z.strictObject({}),
  aimed: z.strictObject({}),
  ends: "by-us",
  lasts: true,
  takesEngine: true,
  shares: [labMachine],
  describe: () => "power loss of the host",

  aim: async (tools) => {
    labOf(tools);
    return {};
  },

  inject: (tools) => labOf(tools).cutPower(),

  witness: (tools, _aim, within) => seenWithin(async () => !(await labOf(tools).hasPower()), within),

  watch: (tools, _aim, tell, until) => keepLooking(() => look(labOf(tools)), tell, until),

  async undo(tools) {
    await labOf(tools).restorePower();
    return "the host has power again";
  },
});

const look = async (host: Host): Promise<FoundState> =>
  (await host.hasPower())
    ? { state: "released", why: "the host has power again, and not from us" }
    : { state: "in-force", why: "the host has no power" };

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type HostSpan, hostNow } from "../clock.ts";
import { defineFault } from "./define.ts";
import { type Host, labMachine } from "./host.ts";
import { labOf } from "./lab-of.ts";

const lookEveryMs = 500;
const askAgainMs = 50;

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

  async witness(tools, _aim, within) {
    const host = labOf(tools);
    const began = hostNow();
    let from = began;
    do {
      const asked = hostNow();
      if (!(await host.hasPower())) return { from, to: hostNow() };
      from = asked;
      await sleep(askAgainMs);
    } while (hostNow() - began < within);
    return undefined;
  },

  async watch(tools, _aim, tell, until) {
    const host = labOf(tools);
    while (!until.aborted) {
      const { when, hasPower } = await look(host);
      if (until.aborted) return;
      if (hasPower) return tell({ state: "released", when, why: "the host has power again, and not from us" });
      tell({ state: "in-force", when, why: "the host has no power" });
      await sleep(lookEveryMs, undefined, { signal: until }).catch(() => undefined);
    }
  },

  async undo(tools) {
    await labOf(tools).restorePower();
    return "the host has power again";
  },
});

async function look(host: Host): Promise<{ when: HostSpan; hasPower: boolean }> {
  const from = hostNow();
  const hasPower = await host.hasPower();
  return { when: { from, to: hostNow() }, hasPower };
}

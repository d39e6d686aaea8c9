import { expect, test } from "vitest";
import { seconds } from "../time.ts";
import type { FaultLook } from "./define.ts";
import { engineRestart } from "./engine-restart.ts";
import type { Host } from "./host.ts";
import { hostPowerLoss } from "./host-power-loss.ts";
import { noTools } from "./testing/no-tools.ts";
import { PretendHost } from "./testing/pretend-host.ts";

const soon = seconds(0.2);
const at = (host: Host) => ({ ...noTools, host });

test("a power cut is seen by the machine's being off, between two looks", async () => {
  const host = new PretendHost();
  const aim = await hostPowerLoss.aim(at(host), {});
  const { to } = await hostPowerLoss.inject(at(host), aim);
  const bite = await hostPowerLoss.witness(at(host), aim, soon);
  expect(bite?.from).toBeGreaterThanOrEqual(to);
});

test("a machine that keeps its power was not cut", async () => {
  const host = new PretendHost();
  host.obeys = false;
  await hostPowerLoss.inject(at(host), {});
  expect(await hostPowerLoss.witness(at(host), {}, soon)).toBeUndefined();
});

test("a machine that somebody else switches on again is told, with nothing healed", async () => {
  const host = new PretendHost();
  await hostPowerLoss.inject(at(host), {});
  const looks: FaultLook["state"][] = [];
  const tell = ({ state }: FaultLook) => {
    looks.push(state);
    host.power = true;
  };
  await hostPowerLoss.watch(at(host), {}, tell, new AbortController().signal);
  expect(looks).toEqual(["in-force", "released"]);
});

test("its undo gives the machine power, whether it has any or not", async () => {
  const host = new PretendHost();
  await hostPowerLoss.inject(at(host), {});
  for (const _ of ["once", "twice"]) {
    expect(await hostPowerLoss.undo(at(host), {})).toBe("the host has power again");
    expect(host.power).toBe(true);
  }
});

test("an engine was restarted once it was started at another time", async () => {
  const host = new PretendHost();
  const aim = await engineRestart.aim(at(host), {});
  expect(await engineRestart.witness(at(host), aim, soon)).toBeUndefined();
  await engineRestart.inject(at(host), aim);
  expect(await engineRestart.witness(at(host), aim, soon)).toBeDefined();
});

test("an engine that did not come up again is started by the undo", async () => {
  const host = new PretendHost();
  host.running = false;
  expect(await engineRestart.undo(at(host), { start: "start 1" })).toBe("the engine runs");
  expect(host.running).toBe(true);
});

test.each([hostPowerLoss, engineRestart])(
  "outside the lab nothing is broken, and the error says where it could be: $kind",
  async (fault) => {
    await expect(fault.aim(noTools, {})).rejects.toThrow("in the lab alone");
  },
);

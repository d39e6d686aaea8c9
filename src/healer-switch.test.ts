import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Scene } from "./breakage.ts";
import { TrialClock } from "./clock.ts";
import { noHand, noStack, noWire } from "./fault/testing/no-tools.ts";
import { PretendHost } from "./fault/testing/pretend-host.ts";
import { HealerSwitch } from "./healer-switch.ts";
import type { Fact } from "./journal.ts";
import { leftToUndo } from "./undo.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hp-switch-"));
  vi.stubEnv("XDG_STATE_HOME", root);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const onDisk = () => leftToUndo({ all: true }).entries.map(({ undo }) => undo);
const control = { without: "watchdog", stop: ["watchdog"] } as const;

/** What was asked of the stack, with what was on the disk at that moment; and what was written down. */
function scene(stop: () => Promise<void> = async () => undefined, host?: PretendHost) {
  const asked: { what: string; onDisk: unknown[] }[] = [];
  const facts: Fact[] = [];
  const notReached = () => Promise.reject(new Error("not reached"));
  const stack = {
    project: "healproof-r1-1",
    services: ["watchdog"],
    networks: [],
    again: notReached,
    down: notReached,
    containers: {
      ...noStack,
      replicas: notReached,
      look: notReached,
      lookAt: notReached,
      followLog: notReached,
      exec: notReached,
      logs: notReached,
      logSize: notReached,
      stopService: async (service: string) => {
        asked.push({ what: `stop ${service}`, onDisk: onDisk() });
        await stop();
      },
      startService: async (service: string) => {
        asked.push({ what: `start ${service}`, onDisk: onDisk() });
      },
    },
  };
  const of: Scene = {
    stack,
    hand: noHand,
    wire: noWire,
    ...(host ? { host } : {}),
    clock: new TrialClock(),
    run: "r1",
    trial: "app-hang/without-watchdog",
    project: stack.project,
    write: (fact) => facts.push(fact),
    changed: () => undefined,
    lost: () => undefined,
  };
  return { of, asked, facts };
}

test("how to switch a healer on again is on the disk before it is off, and no longer once it is on", async () => {
  const { of, asked, facts } = scene();
  const healer = new HealerSwitch(of, { ...control, stop: [...control.stop] });
  await healer.off();
  expect(onDisk()).toEqual([{ start: ["watchdog"] }]);
  await healer.on();
  expect(asked).toEqual([
    { what: "stop watchdog", onDisk: [{ start: ["watchdog"] }] },
    { what: "start watchdog", onDisk: [{ start: ["watchdog"] }] },
  ]);
  expect(onDisk()).toEqual([]);
  expect(facts).toMatchObject([
    { kind: "healer", healer: "watchdog", state: "off", how: "stopped watchdog" },
    { kind: "healer", healer: "watchdog", state: "on", how: "started watchdog" },
  ]);
});

test("a healer that may be half off is switched on again", async () => {
  const { of, asked } = scene(() => Promise.reject(new Error("the engine is gone")));
  const healer = new HealerSwitch(of, { ...control, stop: [...control.stop] });
  await expect(healer.off()).rejects.toThrow("the engine is gone");
  await healer.on();
  expect(asked.map(({ what }) => what)).toEqual(["stop watchdog", "start watchdog"]);
});

test("what is on is left alone: where it was never off, where it was switched on, and where a control changes the file instead", async () => {
  const { of, asked } = scene();
  const healer = new HealerSwitch(of, { ...control, stop: [...control.stop] });
  await healer.on();
  await healer.off();
  await healer.on();
  await healer.on();
  const changed = new HealerSwitch(of, { without: "restart-policy", stop: [] });
  await changed.off();
  await changed.on();
  expect(asked.map(({ what }) => what)).toEqual(["stop watchdog", "start watchdog"]);
});

test("with its stack gone there is nothing to put back", async () => {
  const { of } = scene();
  const healer = new HealerSwitch(of, { ...control, stop: [...control.stop] });
  await healer.off();
  healer.forget();
  expect(onDisk()).toEqual([]);
});

describe("units of the machine itself", () => {
  const units = { without: "systemd", stop: [], disable: ["node-exporter.service"] } as const;
  const switchOf = (of: Scene) => new HealerSwitch(of, { ...units, stop: [], disable: [...units.disable] });

  test("are disabled once it is on the disk how to enable them, and enabled again", async () => {
    const host = new PretendHost();
    let whenDisabled: unknown;
    const disable = host.disable;
    host.disable = (names) => {
      whenDisabled = onDisk();
      return disable(names);
    };
    const { of, facts } = scene(undefined, host);
    const healer = switchOf(of);
    await healer.off();
    expect(whenDisabled).toEqual([{ enable: ["node-exporter.service"] }]);
    expect(host.disabled).toEqual(["node-exporter.service"]);
    await healer.on();
    expect(host.disabled).toEqual([]);
    expect(onDisk()).toEqual([]);
    expect(facts).toMatchObject([
      { kind: "healer", healer: "systemd", state: "off", how: "disabled node-exporter.service" },
      { kind: "healer", healer: "systemd", state: "on", how: "enabled node-exporter.service" },
    ]);
  });

  test("outlive the stack: with that gone they are still to be put back", async () => {
    const { of } = scene(undefined, new PretendHost());
    const healer = switchOf(of);
    await healer.off();
    expect(healer.outlivesStack).toBe(true);
    healer.forget();
    expect(onDisk()).toEqual([{ enable: ["node-exporter.service"] }]);
  });

  test("are nobody's to disable outside the lab", async () => {
    await expect(switchOf(scene().of).off()).rejects.toThrow("in the lab alone");
    expect(onDisk()).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { builtInFaults } from "./fault/registry.ts";
import { planTrials } from "./plan-trials.ts";
import { loadScenarios } from "./scenario/load.ts";

/** What `npm test` proves of the reference stack is a choice, by tag: it must not leave out a way to break, or a healer. */

const kinds: Readonly<Record<string, readonly string[]>> = {
  process: ["crash", "stop", "restart", "hang", "freeze", "oom", "cpu-pressure", "memory-pressure", "fd-exhaustion"],
  link: ["partition", "latency", "bandwidth", "reset", "slow-close", "limit"],
  packets: ["isolate", "packet-loss", "dns-failure"],
  disk: ["disk-fill"],
  device: ["device-power-loss"],
  configuration: ["bad-config"],
  "anything else": ["exec", "exec-on-host"],
};
/** Those that take the whole machine: the lab's matter. */
const labs = builtInFaults.filter((it) => it.takesEngine).map((it) => it.kind);

const gate = await loadScenarios(["gate"], { faults: builtInFaults });
const acts = gate.flatMap((it) => planTrials(it, { control: false })).flatMap((it) => it.acts);
const broken = acts.flatMap((it) => it.faults.map(({ kind }) => kind));

test("each fault is of a kind, and of one: `kinds` above says of which", () => {
  expect([...Object.values(kinds).flat(), ...labs].toSorted()).toEqual(builtInFaults.map((it) => it.kind).toSorted());
});

test.each(Object.entries(kinds))("the gate breaks something by a fault of the kind: %s", (_kind, faults) => {
  expect(broken.filter((it) => faults.includes(it))).not.toEqual([]);
});

test.each(["restart-policy", "watchdog", "systemd", "application"])(
  "the gate has something healed by: %s",
  (healer) => {
    expect(acts.flatMap((it) => it.recovery?.healedBy ?? [])).toContain(healer);
  },
);

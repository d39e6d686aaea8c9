import { describe, expect, test } from "vitest";
import { crash } from "../fault/crash.ts";
import { engineRestart } from "../fault/engine-restart.ts";
import { hang } from "../fault/hang.ts";
import { hostPowerLoss } from "../fault/host-power-loss.ts";
import { planTrials } from "../plan-trials.ts";
import { loadScenarios } from "./load.ts";
import { goodTextWith, inFolder } from "./testing.ts";

/** What a scenario says of the lab's machine itself. */

const faults = [crash, hang, hostPowerLoss, engineRestart];
const load = (text: string) => inFolder({ "scenarios/it.yaml": text }, (root) => loadScenarios([], { faults, root }));
const refused = (text: string) =>
  load(text).then(
    () => "not refused",
    (thrown: unknown) => String(thrown),
  );

const shares = '  shares: ["the lab\'s machine"]\n';
const powerLoss = ["fault: { crash: { service: app } }", "fault: { host-power-loss: { for: 10s } }"] as const;
const permitted = ["  compose: ../compose.yaml\n", `  compose: ../compose.yaml\n${shares}`] as const;
const recovers = (when: string, control: string): [string, string][] => [
  [...powerLoss],
  ["  healedBy: restart-policy\n", "  healedBy: systemd\n  of: [machine]\n"],
  ["{ probe: http://app:8080/readyz, status: 200 }", `{ probe: ${when}, status: 200 }`],
  ["without: restart-policy", "without: systemd"],
  ['override: { app: { restart: "no" } }', control],
];
const disabled = "disable: [exporter.service]";
const good = (when = "http://machine:9100/", control = disabled) =>
  goodTextWith([...permitted], ...recovers(when, control));

test("its units are looked at in each trial, and disabled in the control", async () => {
  const [loaded] = await load(good());
  if (!loaded) throw new Error("nothing was loaded");
  const [trial, control] = planTrials(loaded, { control: true });
  expect(trial).toMatchObject({ units: ["exporter.service"], acts: [{ recovery: { of: ["machine"] } }] });
  expect(control).toMatchObject({ units: ["exporter.service"], control: { disable: ["exporter.service"], stop: [] } });
});

test("it is known only where the scenario may break it", async () => {
  const text = goodTextWith(...recovers("http://machine:9100/", disabled));
  const told = await refused(text);
  expect(told).toContain("host-power-loss reaches outside the stack, so the scenario must permit it: stack.shares");
  const harmless = goodTextWith(["http://app:8080/readyz", "http://machine:9100/"]);
  expect(await refused(harmless)).toContain(
    'no service "machine" in the stack\'s network; the lab\'s machine itself is that, where the scenario permits it: stack.shares: ["the lab\'s machine"]',
  );
});

test.each([
  ["units that are none", good(undefined, "disable: [a b]"), "the full name of a unit"],
  [
    "units and services at once",
    good(undefined, `${disabled}\n    stop: [redis]`),
    "stop and disable do not go together",
  ],
  [
    "the machine, and no units that could be looked at",
    good(undefined, "stop: [redis]"),
    "which of its units: a control that disables them",
  ],
])("%s is refused", async (_, text, wanted) => {
  expect(await refused(text)).toContain(wanted);
});

test("units are disabled where the machine is the scenario's", async () => {
  const text = goodTextWith(['override: { app: { restart: "no" } }', disabled]);
  expect(await refused(text)).toContain("disable reaches outside the stack");
});

describe("a control that stops a service", () => {
  const stops = (fault: string) =>
    goodTextWith([...permitted], [powerLoss[0], fault], ['override: { app: { restart: "no" } }', "stop: [redis]"]);

  test.each(["host-power-loss: {}", "engine-restart: {}"])(
    "is void where the fault takes its engine: %s",
    async (fault) => {
      expect(await refused(stops(`fault: { ${fault} }`))).toContain(
        "the engine comes up again and starts what was stopped, too (restart: always)",
      );
    },
  );

  test("is none of the kind where it is of another fault", async () => {
    await expect(load(stops("fault: { hang: { service: app } }"))).resolves.toHaveLength(1);
  });
});

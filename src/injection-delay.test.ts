import { expect, test } from "vitest";
import { delayBefore } from "./injection-delay.ts";
import { actOf, journalOf, planOf, series } from "./judge/testing/journal-builder.ts";
import type { ContainerLook } from "./stack/stack.ts";
import { ms } from "./time.ts";

const latest = () => 1;
const act = actOf();

/** What the trial has seen: series at these paces, and services whose healthchecks are made so often. */
const seen = (paces: readonly number[], checks: Readonly<Record<string, number>> = {}) => ({
  journal: journalOf(
    planOf([act]),
    paces.flatMap((every, nth) => series(`series ${nth}`, "prometheus", every, [])),
  ),
  looks: Object.entries(checks).map(
    ([service, checkedEveryMs]): ContainerLook => ({
      service,
      container: service,
      pid: 1,
      running: true,
      paused: false,
      status: "running",
      restartCount: 0,
      restartPolicy: "no",
      checkedEveryMs,
    }),
  ),
});

test("is drawn over the longest time between two samples", () => {
  expect(delayBefore(act, seen([10, 15_000, 250]), latest)).toBe(15_000);
  expect(delayBefore(act, seen([10, 15_000, 250]), () => 0.25)).toBe(3750);
});

test("is drawn over the interval of a healthcheck, where it is of what is broken or is to be healed", () => {
  const checks = { app: 20_000, watchdog: 25_000 };
  expect(delayBefore(act, seen([1000], checks), latest)).toBe(20_000);
  const healed = actOf({ recovery: { of: ["watchdog"] } });
  expect(delayBefore(healed, seen([1000], checks), latest)).toBe(25_000);
  const plug = actOf({ faults: [{ kind: "device-power-loss", params: { device: "plug" }, at: ms(0) }] });
  expect(delayBefore(plug, seen([1000], { plug: 4000 }), latest)).toBe(4000);
  expect(delayBefore(plug, seen([1000], checks), latest)).toBe(1000);
});

test("is up to a second where all look more often, and never more than half a minute", () => {
  expect(delayBefore(act, seen([10, 200]), latest)).toBe(1000);
  expect(delayBefore(act, seen([60_000]), latest)).toBe(30_000);
});

import { expect, test } from "vitest";
import { stretchLimits } from "../limit.ts";
import { withPatientChecks } from "./patient-checks.ts";

const model = (healthcheck: Record<string, unknown>) => ({
  services: { app: { image: "app", healthcheck: { test: ["CMD", "true"], ...healthcheck } }, db: { image: "db" } },
});
const slower = (by: number, healthcheck: Record<string, unknown>) => {
  using _ = stretchLimits(by);
  return withPatientChecks(model(healthcheck)).services.app?.healthcheck;
};

test("on a machine like any other they are as they are", () => {
  const it = model({ interval: "1.5s", timeout: "1s" });
  expect(withPatientChecks(it)).toBe(it);
});

test("on a slower one each may take longer, a start may, and fast ones are rarer, up to half a minute", () => {
  const fast = { interval: "1.5s", timeout: "1s", retries: 3, start_period: "15s" };
  expect(slower(10, fast)).toEqual({
    test: ["CMD", "true"],
    interval: "15000ms",
    timeout: "10000ms",
    retries: 3,
    start_period: "150000ms",
  });
  expect(slower(10, { interval: "10s", timeout: "1s" })?.interval).toBe("30000ms");
  expect(slower(10, { interval: "1m30s", timeout: "1s" })?.interval).toBe("90000ms");
});

test("what a check leaves to the engine stays with it, but for the timeout, which would be too short", () => {
  expect(slower(4, {})).toEqual({ test: ["CMD", "true"], timeout: "120000ms" });
});

test("one that is switched off stays so, and what has none gets none", () => {
  expect(slower(4, { disable: true })).toEqual({ test: ["CMD", "true"], disable: true });
  using _ = stretchLimits(4);
  expect(withPatientChecks(model({})).services.db).toEqual({ image: "db" });
});

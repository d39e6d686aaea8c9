import { expect, test } from "vitest";
import { KnownError } from "./errors.ts";
import { builtInFaults } from "./fault/registry.ts";
import { readOrder, type WrittenOrder } from "./fault-order.ts";

const read = (kind: string, params: string[] = [], more: Partial<WrittenOrder> = {}) =>
  readOrder({ kind, params, ...more }, builtInFaults);

function refusal(...order: Parameters<typeof read>): string {
  try {
    read(...order);
  } catch (thrown) {
    if (thrown instanceof KnownError && thrown.exitCode === 64) return `${thrown}`;
    throw thrown;
  }
  throw new Error("not refused");
}

test("parameters are read as a scenario writes them", () => {
  expect(read("hang", ["service=app"])).toMatchObject({ fault: { kind: "hang" }, params: { service: "app" } });
  expect(read("hang", ["service=app"], { for: "1.5s" }).for).toBe(1500);
  const set = "set={ environment: { STATUS: '500' }, command: [a, b=c] }";
  expect(read("bad-config", ["service=app", set]).params).toEqual({
    service: "app",
    set: { environment: { STATUS: "500" }, command: ["a", "b=c"] },
  });
});

test("a fault that does not exist is told with the one that was meant, and all there are", () => {
  const text = refusal("crsh", ["service=app"]);
  expect(text).toContain('no fault "crsh"; did you mean "crash"?');
  expect(text).toContain("device-power-loss");
});

test("what is wrong with the parameters is told as in a scenario, all of it", () => {
  expect(refusal("crash")).toContain('missing key "service" in crash');
  expect(refusal("crash", ["servce=app"])).toContain('unknown key "servce" in crash; did you mean "service"?');
  expect(refusal("crash", ["service=[app]"])).toContain("crash.service: wanted text; got a list");
  const two = refusal("device-power-loss", ["device=plug", "returnsAt=nowhere", "boot=2"]);
  expect(two).toContain("device-power-loss.returnsAt: wanted one of same-address, new-address");
  expect(two).toContain("device-power-loss.boot: wanted a duration with its unit");
});

test("a signal that is no crash is told with the fault that it is", () => {
  expect(refusal("crash", ["service=app", "signal=SIGSTOP"])).toContain(
    "crash.signal: SIGSTOP freezes a process: the fault for that is hang",
  );
  expect(refusal("crash", ["service=app", "signal=SIGCONT"])).toContain("crash.signal: SIGCONT ends no process");
  expect(refusal("crash", ["service=app", "signal=SIGKIL"])).toContain('did you mean "SIGKILL"?');
});

test("a time without a unit, or none at all, is told", () => {
  expect(refusal("hang", ["service=app"], { for: "20" })).toContain("for: wanted a duration with its unit");
  expect(refusal("hang", ["service=app"], { for: "0s" })).toContain("for: wanted a duration longer than 0");
});

test("what is no parameter is told", () => {
  expect(refusal("crash", ["app"])).toContain("wanted key=value");
  expect(refusal("crash", ["service=a", "service=b"])).toContain("service is given twice");
  expect(refusal("crash", ["service=[a"])).toContain("service: its value is not valid YAML");
});

import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { builtInFaults } from "../fault/registry.ts";
import { scenarioSchema } from "./schema.ts";
import { goodText } from "./testing.ts";

const schema = scenarioSchema(builtInFaults);
const onHost = { "exec-on-host": { run: ["cut"], witness: ["is-cut"], undo: ["mend"] } };

function problems(change: (scenario: Record<string, unknown>) => object, shares?: string[]): unknown[] {
  const scenario = parse(goodText);
  const stack = shares ? { ...scenario.stack, shares } : scenario.stack;
  const { error } = schema.safeParse({ ...scenario, stack, ...change(scenario) });
  return (error?.issues ?? []).map(({ path, message }) => ({ path, message }));
}

describe("a fault that runs commands on the host", () => {
  test("is refused where the scenario does not permit that by name, and told how to", () => {
    expect(problems(() => ({ fault: onHost }))).toEqual([
      {
        path: ["fault", "exec-on-host"],
        message: expect.stringContaining('stack.shares: ["host commands"]'),
      },
    ]);
    expect(problems(() => ({ fault: onHost }), ["privileged"])).toEqual([
      { path: ["fault", "exec-on-host"], message: expect.stringContaining('["privileged","host commands"]') },
    ]);
  });

  test("is permitted by its name", () => {
    expect(problems(() => ({ fault: onHost }), ["host commands"])).toEqual([]);
  });

  test("is refused afterwards, too", () => {
    const afterwards = ({ recovery }: Record<string, unknown>) => ({ afterwards: { fault: onHost, recovery } });
    expect(problems(afterwards)).toContainEqual({
      path: ["afterwards", "fault", "exec-on-host"],
      message: expect.stringContaining("host commands"),
    });
  });
});

test("a command in a container of the stack needs no permission", () => {
  const exec = { exec: { service: "app", run: ["cut"], witness: ["is-cut"], undo: ["mend"] } };
  expect(problems(() => ({ fault: exec }))).toEqual([]);
});

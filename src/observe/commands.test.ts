import { expect, test } from "vitest";
import { recordsOf } from "../journal.ts";
import { commandIn, noteCommands } from "./commands.ts";
import { Observed, plainEngineClock } from "./testing/tools.ts";

test("what is run in a container is written down, but not its healthcheck, for which the engine is asked once", async () => {
  using observed = new Observed();
  const asked: string[] = [];
  const checkOf = async (container: string) => {
    asked.push(container);
    return container === "c1" ? "redis-cli ping" : undefined;
  };
  const note = noteCommands(checkOf, plainEngineClock, observed.tools);
  const at = observed.clock.originHost + 1000;
  for (const command of ["redis-cli ping", "redis-cli flushall", "redis-cli ping"])
    await note({ service: "redis", container: "c1", command, unixMs: at });
  await note({ service: "app", container: "c2", command: "redis-cli ping", unixMs: at });
  observed.end();
  await note({ service: "app", container: "c2", command: "too late", unixMs: at });
  expect(recordsOf(observed.journal.records, "command")).toMatchObject([
    { when: { earliest: 999, latest: 1001 }, service: "redis", container: "c1", command: "redis-cli flushall" },
    { service: "app", container: "c2", command: "redis-cli ping" },
  ]);
  expect(asked).toEqual(["c1", "c2"]);
});

test.each([
  ["exec_create: df -P /data", "df -P /data"],
  ["exec_create: true ", "true"],
  ["exec_create: sh -c a\nb", "sh -c a\nb"],
  ["exec_start: df -P /data", undefined],
  ["exec_die", undefined],
  ["die", undefined],
])("the event %j tells of the command %j", (action, command) => {
  expect(commandIn(action)).toBe(command);
});

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { endComposeOf } from "./compose-processes.ts";

const project = `healproof-test-${randomBytes(4).toString("hex")}`;

/** What has the arguments of a Compose at work, and does nothing. */
async function composeLike(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", "console.log(); setInterval(() => {}, 1e6)", "compose", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((ready) => child.stdout?.once("data", ready));
  return child;
}

test("a Compose at work on a project is ended, one on another is left alone", async () => {
  const mine = await composeLike("-p", project, "up");
  const other = await composeLike("-p", `${project}-2`, "up");
  const ended = new Promise((tell) => mine.once("exit", (_, signal) => tell(signal)));
  expect(endComposeOf((it) => it === project)).toBe(1);
  expect(await ended).toBe("SIGKILL");
  expect(endComposeOf((it) => it === project)).toBe(0);
  expect(other.exitCode ?? other.signalCode).toBeNull();
});

test("where only one kind of work is meant, a person's own is left alone", async () => {
  const logs = await composeLike("-p", project, "logs", "--follow");
  const up = await composeLike("-p", project, "-f", "-", "up", "--no-deps", "api");
  const ended = new Promise((tell) => up.once("exit", (_, signal) => tell(signal)));
  expect(endComposeOf((it) => it === project, ["up", "--no-deps"])).toBe(1);
  expect(await ended).toBe("SIGKILL");
  expect(logs.exitCode ?? logs.signalCode).toBeNull();
});

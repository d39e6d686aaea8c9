import { expect, test } from "vitest";
import { engine, engineAdvice, engineState, isRunning } from "./engine.mjs";
import type { Machine } from "./machine.mjs";
import { scriptedMachine, silently } from "./scripted-machine.ts";
import { systemPackages } from "./system-packages.mjs";

const NO_ENGINE = { code: 1, stderr: "Cannot connect to the Docker daemon" };

function engineOn(facts: Parameters<typeof scriptedMachine>[0], answer: Parameters<typeof scriptedMachine>[1]) {
  const scripted = scriptedMachine(facts, answer);
  return { ...scripted, step: engine(scripted.machine, systemPackages(scripted.machine)) };
}

test("an engine that answers is taken as it is, wherever it is", async () => {
  const { step, ran } = engineOn({ env: { DOCKER_HOST: "tcp://10.0.0.1:2375" }, platform: "darwin" }, () => "27.1\n");
  expect(await step.check()).toBeUndefined();
  expect(ran).toEqual(["docker version --format {{.Server.Version}}", "docker network ls --quiet"]);
});

test("one that tells its version and nothing else is not taken, nor is another one started beside it", async () => {
  const hangs = { code: null, why: "not done within 60 s" };
  const { step, ran } = engineOn({}, (line) => (line.startsWith("docker network") ? hangs : "20.10.24\n"));
  expect(await step.check()).toMatch(/has locked up: .*not done within 60 s/);
  ran.splice(0);
  await expect(step.run(silently)).rejects.toThrow("restart it");
  expect(ran.filter((line) => !/^docker (version|network)/.test(line))).toEqual([]);
});

test.each([
  [{ code: null, why: "no such command" }, "no-command"],
  [{ code: 1, stderr: "permission denied while trying to connect" }, "not-allowed"],
  [NO_ENGINE, "not-running"],
  [{ code: null, why: "not done within 15 s" }, "not-running"],
])("%j means %s", async (answer, state) => {
  const { machine } = scriptedMachine({}, () => answer);
  expect((await engineState(machine)).state).toBe(state);
});

const hopeless: [string, Partial<Machine> & { commands?: string[] }, object, string][] = [
  ["an engine that DOCKER_HOST names", { env: { DOCKER_HOST: "tcp://x:1" } }, NO_ENGINE, "unset DOCKER_HOST"],
  ["macOS without Docker", { platform: "darwin", commands: [] }, NO_ENGINE, "install Docker Desktop, or Podman"],
  ["macOS with Docker stopped", { platform: "darwin" }, NO_ENGINE, "start Docker Desktop"],
  ["a user without rights", {}, { code: 1, stderr: "permission denied" }, "may not use it"],
  ["a user who is not root", { uid: 1000, commands: ["apt-get"] }, NO_ENGINE, "sudo apt-get install docker.io"],
  ["Linux without apt", { commands: [] }, NO_ENGINE, "your distribution's package manager"],
];
test.each(hopeless)("for %s nothing is installed, and the advice fits", async (_, facts, answer, advice) => {
  const { step, ran } = engineOn(facts, () => answer);
  expect(await step.check()).toBeDefined();
  await expect(step.run(silently)).rejects.toThrow(advice);
  expect(ran.filter((line) => !line.startsWith("docker version"))).toEqual([]);
});

test("a root without an engine is told the packages, Compose's too, and how to start it", () => {
  const { machine } = scriptedMachine({ commands: ["apt-get"] });
  const compose = expect.stringMatching(/^apt-get install docker-compose/);
  const start = "systemctl start docker   (or, without systemd: dockerd &)";
  const engine = ["apt-get update", "apt-get install docker.io iptables"];
  expect(engineAdvice(machine)).toEqual([...engine, compose, compose, compose, start]);
  const { machine: withCommand } = scriptedMachine({ commands: ["apt-get", "docker"] });
  expect(engineAdvice(withCommand)).toEqual([...engine, start]);
});

test("a pid file that names no living process of that name does not count as a running engine", () => {
  expect(isRunning("dockerd", "/nowhere/docker.pid")).toBe(false);
  expect(isRunning("dockerd", "/proc/self/stat")).toBe(false);
});

test("on a terminal a no comes before apt is used at all", async () => {
  const { step, ran, asked } = engineOn({ isTerminal: true, commands: ["apt-get"], yes: false }, () => NO_ENGINE);
  await expect(step.run(silently)).rejects.toThrow("as you said");
  expect(asked).toHaveLength(1);
  expect(ran.filter((line) => line.startsWith("apt"))).toEqual([]);
});

test("on a terminal an engine that is installed is not started without a yes", async () => {
  const { step, asked } = engineOn({ isTerminal: true, yes: false }, () => NO_ENGINE);
  await expect(step.run(silently)).rejects.toThrow("not started, as you said");
  expect(asked).toEqual(["The Docker engine is not running: start it?"]);
});

// The Docker engine: whichever answers is taken as it is; where there is none, Debian's is installed and started.

import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { composeAdvice } from "./compose.mjs";
import { failure, lastLines, must, SetUpError } from "./machine.mjs";
import { cannotInstall, installCommands } from "./system-packages.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

export const PID_FILE = "/var/run/docker.pid";
const LOG_FILE = "/var/log/healproof-dockerd.log";
const START_LIMIT_MS = 60_000;
/** Far more than an engine that works needs for an answer, also on a machine that is busy. */
const ANSWER_LIMIT_MS = 60_000;

/**
 * @typedef {"answers" | "locked-up" | "no-command" | "not-allowed" | "not-running"} EngineState
 */

/** @param {Machine} machine @param {import("./system-packages.mjs").SystemPackages} packages @returns {import("./plan.mjs").Step} */
export function engine(machine, packages) {
  return {
    name: "docker engine",
    async check() {
      const { state, said } = await engineState(machine);
      return state === "answers" ? undefined : said;
    },
    commands: () => engineAdvice(machine),
    async run(tell) {
      const { state, said } = await engineState(machine);
      const installed = machine.has("dockerd") && machine.has("docker");
      if (state === "locked-up") throw new SetUpError([said, "restart it: systemctl restart docker"].join("\n"));
      // An engine elsewhere is somebody's choice: installing another one beside it would not be what they meant.
      if (machine.env.DOCKER_HOST || state === "not-allowed" || cannotInstall(machine))
        throw new SetUpError([said, ...engineAdvice(machine)].join("\n"));
      if (!installed) {
        await packages.allow(["docker.io", "iptables"], "No Docker engine");
        await packages.install(await enginePackages(packages), "No Docker engine");
      } else if (machine.isTerminal && !(await machine.ask("The Docker engine is not running: start it?")))
        throw new SetUpError(["not started, as you said", ...engineAdvice(machine)].join("\n"));
      tell("starting it");
      await start(machine);
      return installed ? "started" : "installed and started";
    },
  };
}

/** Asks the engine for its version, and for what a locked-up one no longer tells. @param {Machine} machine @returns {Promise<{ state: EngineState, said: string }>} */
export async function engineState(machine) {
  const result = await machine.run("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutMs: 15_000 });
  if (result.code === 0) {
    const hangs = await whereItHangs(machine);
    return hangs
      ? { state: "locked-up", said: `the engine has locked up: ${hangs}` }
      : { state: "answers", said: result.stdout.trim() };
  }
  if (result.why === "no such command") return { state: "no-command", said: "there is no docker command" };
  if (/permission denied/i.test(result.stderr))
    return { state: "not-allowed", said: "the engine runs, but this user may not use it" };
  const where = machine.env.DOCKER_HOST ? ` at DOCKER_HOST=${machine.env.DOCKER_HOST}` : "";
  return { state: "not-running", said: `no engine answers${where}: ${failure(result).trim()}` };
}

/**
 * What the engine was asked and did not answer, if it hangs. The question is harmless, quick, and waits for what starting a container waits
 * for. An engine that is gone does not hang: it refuses at once.
 * @param {Machine} machine @returns {Promise<string | undefined>}
 */
export async function whereItHangs(machine) {
  const { why } = await machine.run("docker", ["network", "ls", "--quiet"], { timeoutMs: ANSWER_LIMIT_MS });
  return why?.startsWith("not done within") ? `docker network ls: ${why}` : undefined;
}

/** What a person does to get an engine that answers. @param {Machine} machine @returns {string[]} */
export function engineAdvice(machine) {
  if (machine.env.DOCKER_HOST) return ["start the engine that DOCKER_HOST names, or unset DOCKER_HOST"];
  if (machine.platform !== "linux")
    return [
      machine.has("docker")
        ? "start Docker Desktop (or the Podman machine)"
        : "install Docker Desktop, or Podman with its Docker compatibility, and start it",
    ];
  if (!machine.has("apt-get"))
    return ["install the Docker engine and its Compose plugin with your distribution's package manager, and start it"];
  return [
    ...(machine.has("dockerd") ? [] : installCommands(machine, ["docker.io", "iptables"])),
    // It would be asked for next.
    ...(machine.has("docker") ? [] : composeAdvice(machine)),
    ...(machine.uid === 0
      ? ["systemctl start docker   (or, without systemd: dockerd &)"]
      : ["sudo systemctl start docker", 'sudo usermod -aG docker "$USER"   (then log in again)']),
  ];
}

/** @param {import("./system-packages.mjs").SystemPackages} packages */
async function enginePackages(packages) {
  // Newer Debians keep the command in a package of its own. A kernel with AppArmor wants its tools in user space.
  const hasOwnCommand = await packages.candidate("docker-cli");
  const appArmor = existsSync("/sys/module/apparmor/parameters/enabled");
  return ["docker.io", "iptables", ...(hasOwnCommand ? ["docker-cli"] : []), ...(appArmor ? ["apparmor"] : [])];
}

/** Starts the installed engine and waits until it answers. @param {Machine} machine */
async function start(machine) {
  /** @type {() => string | undefined} */
  let ended = () => undefined;
  if (existsSync("/run/systemd/system")) await must(machine, "systemctl", ["start", "docker"], { timeoutMs: 90_000 });
  else if (!isRunning("dockerd", PID_FILE)) {
    // Left by an engine that was killed. Its number may belong to another process by now, which would stop dockerd.
    rmSync(PID_FILE, { force: true });
    ended = startByHand(machine);
  }
  await untilItAnswers(machine, ended);
}

/** Starts dockerd in a session of its own, so that it outlives us and our terminal. @param {Machine} machine */
function startByHand(machine) {
  // What the last one said is wanted where it is why there is a need to start one.
  if (existsSync(LOG_FILE)) renameSync(LOG_FILE, `${LOG_FILE}.previous`);
  const log = openSync(LOG_FILE, "w");
  const child = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log], env: machine.env });
  /** @type {string | undefined} */
  let end;
  child.on("error", (error) => {
    end = error.message;
  });
  child.on("exit", (code, signal) => {
    end = `dockerd ended: ${signal ?? `exit ${code}`}`;
  });
  child.unref();
  return () => end;
}

/** @param {Machine} machine @param {() => string | undefined} ended */
async function untilItAnswers(machine, ended) {
  const limit = performance.now() + START_LIMIT_MS;
  for (let tries = 1; ; tries++) {
    // Asked before the question: an engine that somebody else has just started makes ours end, and answers.
    const end = ended();
    const { state, said } = await engineState(machine);
    if (state === "answers") return;
    if (end || performance.now() > limit) {
      const log = existsSync(LOG_FILE) ? readFileSync(LOG_FILE, "utf8") : "";
      throw new SetUpError(
        `${end ?? `the engine did not answer within ${START_LIMIT_MS / 1000} s (${tries} tries)`}\n` +
          `last answer: ${said}\nits log (${LOG_FILE}) ends with\n${lastLines(log, 12)}`,
      );
    }
    await pause(100);
  }
}

/** Whether the process of a pid file lives and has this name. @param {string} name @param {string} pidFile */
export function isRunning(name, pidFile) {
  try {
    const pid = readFileSync(pidFile, "utf8").trim();
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name;
  } catch {
    return false;
  }
}

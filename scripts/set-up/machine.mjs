// The machine that is being set up: its facts, its commands and the person in front of it. Everything that the steps
// find out or change goes through here, so that their decisions are tested without touching a machine.

import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { person } from "./person.mjs";

/**
 * @typedef {object} Result
 * @property {number | null} code exit code; null when a signal or the limit ended the command, or it does not exist
 * @property {string} stdout
 * @property {string} stderr
 * @property {string} [why] why it did not end by itself: "no such command", "not done within 30 s", ...
 */

/**
 * @typedef {object} RunOptions
 * @property {number} timeoutMs the whole command's limit
 * @property {number} [firstOutputMs] limit until the first byte on standard output
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to the environment
 * @property {string} [pipeTo] a shell command that reads this one's standard output
 */

/**
 * @typedef {object} Machine
 * @property {string} root the repository's folder
 * @property {string} home
 * @property {NodeJS.Platform} platform
 * @property {string} arch as Node names it
 * @property {number} uid 0 is root; -1 where there is no such thing
 * @property {string} nodeVersion of the Node that runs the set-up
 * @property {Record<string, string | undefined>} env
 * @property {boolean} isTerminal whether a person can be asked
 * @property {(command: string, args: readonly string[], options: RunOptions) => Promise<Result>} run
 * @property {(command: string) => boolean} has whether a command is on the PATH
 * @property {(question: string) => Promise<boolean>} ask
 * @property {(line: string) => void} say
 */

/** A set-up that cannot go on, for a reason that the person can act on. Printed without a stack. */
export class SetUpError extends Error {}

/** The tools of administration are not on everybody's PATH, not even on root's everywhere. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** @param {string} root @returns {Machine} */
export function thisMachine(root) {
  const path = [process.env.PATH ?? "", ...(process.platform === "win32" ? [] : SYSTEM_FOLDERS)].join(delimiter);
  const env = { ...process.env, PATH: path };
  // Where one of the two goes into a file, the person is at the other.
  const terminal = process.stderr.isTTY || !process.stdout.isTTY ? process.stderr : process.stdout;
  return {
    root,
    home: homedir(),
    platform: process.platform,
    arch: process.arch,
    uid: process.getuid?.() ?? -1,
    nodeVersion: process.versions.node,
    env,
    isTerminal: Boolean(process.stdin.isTTY && terminal.isTTY),
    run: (command, args, options) => run(command, args, { cwd: root, ...options, env: { ...env, ...options.env } }),
    has: (command) => path.split(delimiter).some((folder) => isExecutable(join(folder, command))),
    ...person({ input: process.stdin, output: terminal }),
  };
}

/**
 * Runs a command to its end, within its limit.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} options @returns {Promise<Result>}
 */
function run(command, args, { timeoutMs, firstOutputMs, cwd, env, pipeTo }) {
  return new Promise((resolve) => {
    // With a pipe, a failure of either side is a failure of the whole.
    const child = pipeTo
      ? spawn("bash", ["-c", `set -o pipefail; "$0" "$@" | ${pipeTo}`, command, ...args], { cwd, env })
      : spawn(command, args, { cwd, env });
    child.stdin.end();
    let stdout = "";
    let stderr = "";
    /** @type {string | undefined} */
    let why;
    /** @param {string} reason */
    const stop = (reason) => {
      why = reason;
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), 5000).unref();
    };
    const limit = setTimeout(() => stop(`not done within ${timeoutMs / 1000} s`), timeoutMs);
    const first = firstOutputMs && setTimeout(() => stop(`no answer within ${firstOutputMs / 1000} s`), firstOutputMs);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      if (first) clearTimeout(first);
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    /** @param {number | null} code */
    const end = (code) => {
      clearTimeout(limit);
      if (first) clearTimeout(first);
      resolve({ code: why ? null : code, stdout, stderr, ...(why ? { why } : {}) });
    };
    child.on("error", (error) => {
      why = "code" in error && error.code === "ENOENT" ? "no such command" : error.message;
      end(null);
    });
    child.on("close", end);
  });
}

/** Runs a command that must succeed; returns its standard output. @param {Machine} machine @param {string} command @param {readonly string[]} args @param {RunOptions} options */
export async function must(machine, command, args, options) {
  const result = await machine.run(command, args, options);
  if (result.code === 0) return result.stdout;
  const line = [command, ...args].join(" ");
  throw new SetUpError(`${line.length > 160 ? `${line.slice(0, 160)}…` : line}: ${failure(result)}`);
}

/** Why a command failed, with what it said. @param {Result} result */
export function failure({ code, stdout, stderr, why }) {
  const said = excerpt(`${stdout}\n${stderr}`);
  return `${why ?? `exit ${code}`}${said ? `\n${said}` : ", and said nothing"}`;
}

/** The beginning and the end of a long text: npm says first what went wrong, apt and docker say it last. @param {string} text */
function excerpt(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  if (lines.length <= 20) return lastLines(text, 20);
  return `${lastLines(lines.slice(0, 8).join("\n"), 8)}\n    …\n${lastLines(text, 12)}`;
}

/** @param {string} text @param {number} count */
export function lastLines(text, count) {
  const lines = text.split("\n").filter((line) => line.trim());
  return lines
    .slice(-count)
    .map((line) => `    ${line}`)
    .join("\n");
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

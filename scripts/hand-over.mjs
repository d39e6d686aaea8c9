// Runs a program in our place: its input and output are ours, its exit code is ours, and signals for us reach it.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { basename } from "node:path";

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/**
 * One Ctrl-C comes several times: from the terminal to every process of its group, and once more from npm, which hands
 * on what it got itself. The program must get exactly one, and those that it started itself none: it runs in a group of
 * its own, and what follows within this time is taken as the same signal.
 */
const SAME_SIGNAL_MS = 1000;
/** How long a program whose time is over has to end by itself. */
const GRACE_MS = 60_000;

/**
 * @typedef {object} HandOver
 * @property {string} cwd
 * @property {Record<string, string | undefined>} env
 * @property {number} [limitMs] then it is interrupted, as by Ctrl-C; it may take its time unless told
 * @property {number} [graceMs] after that it is killed, with those that it started
 */

/**
 * @param {string} command @param {readonly string[]} args @param {HandOver} options
 * @returns {Promise<number>} its exit code, or 128 and the signal's number as in a shell
 */
export function handOver(command, args, { cwd, env, limitMs, graceMs = GRACE_MS }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit", detached: process.platform !== "win32" });
    /** @type {Map<NodeJS.Signals, number>} */
    const handedOnAt = new Map();
    /** @param {NodeJS.Signals} signal */
    const handOn = (signal) => {
      if (performance.now() - (handedOnAt.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_SIGNAL_MS) return;
      handedOnAt.set(signal, performance.now());
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, handOn);
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    let isOver = false;
    if (limitMs !== undefined)
      timer = setTimeout(() => {
        isOver = true;
        process.stderr.write(
          `${basename(args[0] ?? command)} was not done within ${limitMs / 60_000} min, and is ended\n`,
        );
        child.kill("SIGINT");
        timer = setTimeout(() => killGroup(child), graceMs);
      }, limitMs);
    /** @param {() => void} finish */
    const end = (finish) => {
      clearTimeout(timer);
      // It may have gone at once, and left those that it started.
      if (isOver) killGroup(child);
      for (const signal of SIGNALS) process.off(signal, handOn);
      finish();
    };
    child.on("error", (error) => end(() => reject(error)));
    child.on("exit", (code, signal) => end(() => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))));
  });
}

/** @param {import("node:child_process").ChildProcess} child */
function killGroup({ pid }) {
  try {
    if (pid) process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch (thrown) {
    // None is left of it.
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH")) throw thrown;
  }
}

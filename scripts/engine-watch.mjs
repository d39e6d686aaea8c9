// A reporter for vitest that ends a run in which nothing more can be shown: where a test has failed and the container engine does not
// answer either, each further test would only wait for its own time to be over, for hours. It says what the engine hangs at.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lockedUp } from "./locked-up.mjs";
import { ROOT } from "./set-up/bring-up.mjs";
import { isRunning, PID_FILE, whereItHangs } from "./set-up/engine.mjs";
import { thisMachine } from "./set-up/machine.mjs";

/** @typedef {import("./set-up/machine.mjs").Machine} Machine */
/** @typedef {readonly unknown[]} Errors */

const STACKS_LIMIT_MS = 10_000;
const STACKS_FOLDER = "/var/run/docker";
const SOON_MS = 500;

export default class EngineWatch {
  #machine;
  /** @type {{ cancelCurrentRun(reason: "test-failure"): Promise<void> } | undefined} */
  #vitest;
  /** @type {Promise<void>} */
  #looking = Promise.resolve();
  #hangs = false;

  /** @param {{ machine?: Machine }} [options] */
  constructor({ machine = thisMachine(ROOT) } = {}) {
    this.#machine = machine;
  }

  /** @param {{ cancelCurrentRun(reason: "test-failure"): Promise<void> }} vitest */
  onInit(vitest) {
    this.#vitest = vitest;
  }

  /** @param {{ result(): { readonly errors?: Errors | undefined } }} test */
  onTestCaseResult(test) {
    return this.#heard(test.result().errors ?? []);
  }

  /** Whose hook was late. @param {{ errors(): Errors }} suite */
  onTestSuiteResult(suite) {
    return this.#heard(suite.errors());
  }

  /** @param {{ errors(): Errors }} module */
  onTestModuleEnd(module) {
    return this.#heard(module.errors());
  }

  /** @param {Errors} errors */
  #heard(errors) {
    if (errors.length > 0) this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  async #look() {
    if (this.#hangs) return;
    const hangs = await whereItHangs(this.#machine);
    if (!hangs) return;
    this.#hangs = true;
    const waiting = await engineStacks(this.#machine).then(
      ({ file, stacks }) => [`what each of its goroutines is at: ${file}`, ...lockedUp(stacks)],
      (thrown) => [`what it waits for is not known: ${thrown instanceof Error ? thrown.message : thrown}`],
    );
    this.#machine.say(
      [
        `the container engine does not answer: ${hangs}`,
        "no test can show anything any more, so the run ends here; what helps is a restart of the engine",
        ...waiting,
      ].join("\n"),
    );
    // Not awaited: it waits for the workers, and a worker waits for us.
    this.#vitest?.cancelCurrentRun("test-failure").catch((thrown) => this.#machine.say(String(thrown)));
  }
}

/** What each of the engine's goroutines is at, where it is ours to ask. @param {Machine} machine */
async function engineStacks(machine) {
  if (machine.env.DOCKER_HOST || machine.uid !== 0 || !isRunning("dockerd", PID_FILE))
    throw new Error("it is not a dockerd of this machine, or not ours to ask");
  const there = new Set(stacksFiles());
  process.kill(Number(readFileSync(PID_FILE, "utf8")), "SIGUSR1");
  for (const limit = performance.now() + STACKS_LIMIT_MS; performance.now() < limit; ) {
    const written = stacksFiles().find((it) => !there.has(it));
    // It may only just be created: what it holds a moment later is all.
    await pause(SOON_MS);
    if (written) return { file: written, stacks: readFileSync(written, "utf8") };
  }
  throw new Error(`it wrote nothing to ${STACKS_FOLDER} within ${STACKS_LIMIT_MS / 1000} s of SIGUSR1`);
}

const stacksFiles = () =>
  readdirSync(STACKS_FOLDER)
    .filter((it) => it.startsWith("goroutine-stacks"))
    .map((it) => join(STACKS_FOLDER, it));

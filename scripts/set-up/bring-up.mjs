// The set-up as its callers see it: an exit code.

import { fileURLToPath } from "node:url";
import { SetUpError, thisMachine } from "./machine.mjs";
import { NOT_READY, setUp } from "./plan.mjs";
import { allSteps } from "./steps.mjs";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/**
 * Brings this machine to where it can run the scenarios.
 * @param {(machine: import("./machine.mjs").Machine) => readonly import("./plan.mjs").Step[]} [steps]
 * @returns {Promise<number>} 0, or NOT_READY with the reason told
 */
export async function bringUp(steps = allSteps) {
  const machine = thisMachine(ROOT);
  try {
    checkSettings(machine);
    await setUp(machine, steps(machine));
    return 0;
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    machine.say(error.message);
    return NOT_READY;
  }
}

/** A "NO" or a "0" would else be taken for a yes. @param {Pick<import("./machine.mjs").Machine, "env">} machine */
export function checkSettings({ env }) {
  for (const name of ["HEALPROOF_SETUP", "HEALPROOF_PULL"]) {
    const value = env[name];
    if (value && value !== "yes" && value !== "no")
      throw new SetUpError(`${name} is "${value}": it may be yes or no; not set, it is yes`);
  }
}

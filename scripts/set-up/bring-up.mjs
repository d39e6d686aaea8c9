// The set-up as its callers see it: an exit code.

import { fileURLToPath } from "node:url";
import { SetUpError, thisMachine } from "./machine.mjs";
import { NOT_READY, setUp } from "./plan.mjs";
import { allSteps } from "./steps.mjs";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** Brings this machine to where it can run the scenarios. @returns {Promise<number>} 0, or NOT_READY with the reason told */
export async function bringUp() {
  const machine = thisMachine(ROOT);
  try {
    await setUp(machine, allSteps(machine));
    return 0;
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    machine.say(error.message);
    return NOT_READY;
  }
}

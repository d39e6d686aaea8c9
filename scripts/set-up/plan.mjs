// Carries the steps out: each as soon as what it needs is there, side by side where they are independent, and only
// where something lacks.

import { SetUpError } from "./machine.mjs";

/**
 * @typedef {object} Step
 * @property {string} name what is there when the step is done
 * @property {readonly string[]} [needs] names of the steps that must be done before
 * @property {() => Promise<string | undefined>} check what lacks, in a few words; undefined when all is there. Cheap,
 *   and changes nothing
 * @property {() => readonly string[]} commands what a person would type to get it
 * @property {(tell: (doing: string) => void) => Promise<string>} run gets it; tells what it is about to do before it changes
 *   anything, and says in a few words what it did
 */

/** Exit code of a machine that is not ready, and of a set-up that was refused or failed (EX_UNAVAILABLE). */
export const NOT_READY = 69;

/** For what the set-up alone can make: where it was refused, this permits it. */
export const PERMITTED_SET_UP = "HEALPROOF_SETUP=yes npm run setup";

/**
 * @param {import("./machine.mjs").Machine} machine
 * @param {readonly Step[]} steps
 * @param {{ clock?: () => number }} [options] milliseconds, for the times that are printed
 */
export async function setUp(machine, steps, { clock = () => performance.now() } = {}) {
  const refused = machine.env.HEALPROOF_SETUP === "no";
  const began = clock();
  /** @type {Map<string, Promise<"ready" | "changed" | "missing">>} */
  const states = new Map();
  /** @type {string[]} */
  const problems = [];

  for (const step of steps) states.set(step.name, bring(step));
  const outcome = await Promise.all(states.values());
  if (problems.length > 0) throw new SetUpError(explanation(refused, problems));
  if (outcome.includes("changed")) machine.say(`set-up: done in ${seconds(clock() - began)}`);

  /** @param {Step} step @returns {Promise<"ready" | "changed" | "missing">} */
  async function bring(step) {
    for (const name of step.needs ?? []) {
      const need = states.get(name);
      if (!need) throw new Error(`the step "${step.name}" needs "${name}", which is no step before it`);
      if ((await need) === "missing") return "missing";
    }
    try {
      const lack = await step.check();
      if (!lack) return "ready";
      if (refused) {
        problems.push([`${step.name}: ${lack}`, ...step.commands().map((command) => `    ${command}`)].join("\n"));
        return "missing";
      }
      const from = clock();
      const did = await step.run((doing) => machine.say(`set-up: ${step.name}: ${doing}`));
      machine.say(`set-up: ${step.name}: ${did} (${seconds(clock() - from)})`);
      return "changed";
    } catch (error) {
      if (!(error instanceof SetUpError)) throw error;
      problems.push(`${step.name}: ${error.message}`);
      machine.say(`set-up: ${step.name}: failed`);
      return "missing";
    }
  }
}

/** @param {boolean} refused @param {readonly string[]} problems */
function explanation(refused, problems) {
  const head = refused
    ? "This machine is not ready, and HEALPROOF_SETUP=no forbids to change it. What lacks (what needs that was not looked at), and the commands for it:"
    : "The set-up did not succeed:";
  return [head, ...problems.map((problem) => `\n  ${problem.replaceAll("\n", "\n  ")}`)].join("\n");
}

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

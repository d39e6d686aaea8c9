// npm run test:lab: sets the machine up for the lab where something lacks, then runs the scenarios that break a whole machine in it.
// Arguments go to `healproof run`, such as --trials 10.

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { healproof } from "./healproof.mjs";
import { bringUp, ROOT } from "./set-up/bring-up.mjs";
import { stepsWithLab } from "./set-up/steps.mjs";

/** What breaks a whole machine stands there. */
const FOLDER = "scenarios/machine";

process.exitCode = await bringUp(stepsWithLab);
if (process.exitCode === 0) {
  process.exitCode = await healproof(["run", FOLDER, "--target", "vagrant", ...process.argv.slice(2)]);
} else {
  const names = readdirSync(join(ROOT, FOLDER)).map((it) => basename(it, ".yaml"));
  process.stderr.write(`not run, because of what is said above: ${names.join(", ")}\n`);
}

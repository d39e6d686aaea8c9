// npm run lab: sets the machine up for the lab where something lacks, then `vagrant up`. Arguments go to vagrant.

import { handOver } from "./hand-over.mjs";
import { bringUp, ROOT } from "./set-up/bring-up.mjs";
import { labSteps } from "./set-up/lab.mjs";
import { allSteps } from "./set-up/steps.mjs";

const asked = process.argv.slice(2);

process.exitCode = await bringUp((machine) => {
  const steps = allSteps(machine);
  return [...steps, ...labSteps(machine, "fixtures/stack/.env")];
});
if (process.exitCode === 0)
  process.exitCode = await handOver("vagrant", asked.length > 0 ? asked : ["up"], { cwd: ROOT, env: process.env });

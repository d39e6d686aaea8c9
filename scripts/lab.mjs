// npm run lab: sets the machine up for the lab where something lacks, then `vagrant up`. Arguments go to vagrant.

import { handOver } from "./hand-over.mjs";
import { bringUp, ROOT } from "./set-up/bring-up.mjs";
import { stepsWithLab } from "./set-up/steps.mjs";

const asked = process.argv.slice(2);

process.exitCode = await bringUp(stepsWithLab);
if (process.exitCode === 0)
  process.exitCode = await handOver("vagrant", asked.length > 0 ? asked : ["up"], { cwd: ROOT, env: process.env });

// npm start: sets the machine up where something lacks, then runs the gate's scenarios, or what its arguments say: they go to `healproof run`.

import { healproof } from "./healproof.mjs";
import { bringUp } from "./set-up/bring-up.mjs";

const asked = process.argv.slice(2);

process.exitCode = await bringUp();
if (process.exitCode === 0) process.exitCode = await healproof(["run", ...(asked.length > 0 ? asked : ["gate"])]);

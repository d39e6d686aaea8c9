// npm run setup: the set-up alone. `npm start` and `npm test` do it first, too.

import { bringUp } from "./set-up/bring-up.mjs";

process.exitCode = await bringUp();
if (process.exitCode === 0) process.stderr.write("set-up: everything is in place\n");

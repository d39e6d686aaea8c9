import { CommanderError } from "commander";
import { exitCode, fullTextOf, KnownError } from "../errors.ts";
import { seconds } from "../time.ts";
import { interruptAll } from "./interrupt.ts";
import { program } from "./program.ts";

// Whoever read our output may be gone (a closed terminal, `| head`). That is no reason to leave a stack broken behind.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== "EPIPE" && thrown.code !== "EIO") throw thrown;
  });

// A defect in what nobody awaits must not pass for a verdict, nor leave anything behind. Of several the first says why.
let defect = false;
process.on("uncaughtException", (thrown) => {
  if (defect) return;
  defect = true;
  process.stderr.write(`${fullTextOf(thrown)}\n`);
  if (!interruptAll("a defect of healproof")) process.exit(exitCode.internal);
});
process.on("exit", () => {
  if (defect) process.exitCode = exitCode.internal;
});

/** Argv to command; the only place that sets the exit code. What is known prints as one block, a defect keeps its stack. */
try {
  process.exitCode = await program(process.argv.slice(2));
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode === 0 ? 0 : exitCode.usage;
  } else {
    process.stderr.write(`${fullTextOf(thrown)}\n`);
    process.exitCode = thrown instanceof KnownError ? thrown.exitCode : exitCode.internal;
  }
}

// What still keeps the process alive is a request that nobody waits for any more: its engine did not answer in time.
setTimeout(() => process.exit(), seconds(1)).unref();

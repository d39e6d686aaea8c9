import { exitCode, KnownError } from "../errors.ts";

/** Aborted by Ctrl-C or a polite kill. A second one changes nothing: putting back is already under way. */
export function interruptSignal(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) process.stderr.write(`\n${name}: putting everything back …\n`);
    controller.abort(new KnownError("interrupted", `interrupted by ${name}`, { exitCode: exitCode.interrupted }));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, stop);
    },
  };
}

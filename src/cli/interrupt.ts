import { exitCode, KnownError } from "../errors.ts";

const underWay = new Set<(by: string) => void>();

/** Ends whatever is under way as a Ctrl-C does. Whether there was anything. */
export function interruptAll(by: string): boolean {
  for (const stop of underWay) stop(by);
  return underWay.size > 0;
}

/** Aborted by Ctrl-C or a polite kill. A second one changes nothing: putting back is already under way. */
export function interruptSignal(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (by: string) => {
    if (!controller.signal.aborted) process.stderr.write(`\n${by}: putting everything back …\n`);
    controller.abort(new KnownError("interrupted", `interrupted by ${by}`, { exitCode: exitCode.interrupted }));
  };
  underWay.add(stop);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      underWay.delete(stop);
      for (const name of signals) process.off(name, stop);
    },
  };
}

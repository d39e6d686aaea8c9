import { execFile } from "node:child_process";
import { KnownError } from "../errors.ts";
import { stretched } from "../limit.ts";
import { type Duration, formatDuration, seconds } from "../time.ts";

/** Runs `docker compose`, with a limit. Its standard output; a {@link KnownError} with its standard error where it fails. */
export function compose(
  args: readonly string[],
  options: {
    readonly within?: Duration;
    readonly cwd?: string;
    readonly signal?: AbortSignal;
    readonly variables?: Readonly<Record<string, string>>;
    /** What it reads as its standard input: a Compose file, with `-f -`. */
    readonly input?: string;
  } = {},
): Promise<string> {
  const within = stretched(options.within ?? seconds(60));
  return new Promise((resolve, reject) => {
    const child = execFile(
      "docker",
      ["compose", ...args],
      {
        timeout: within,
        killSignal: "SIGKILL",
        maxBuffer: 64 * 2 ** 20,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.variables === undefined ? {} : { env: { ...process.env, ...options.variables } }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const why = error.killed
          ? `it was still running after ${formatDuration(within)}`
          : stderr.trim() || error.message;
        reject(
          new KnownError("compose-failed", `docker compose failed`, {
            facts: { command: `docker compose ${args.join(" ")}`, why, try: "healproof doctor" },
            cause: error,
          }),
        );
      },
    );
    // One that ends before it has read all of it says why by itself.
    child.stdin?.on("error", () => undefined).end(options.input);
  });
}

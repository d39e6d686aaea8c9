import { spawn } from "node:child_process";
import { KnownError } from "../errors.ts";
import { type Duration, formatDuration } from "../time.ts";
import type { Executed } from "./exec.ts";

const mostKept = 64 * 1024;
/** For what it printed last to arrive. */
const drainMs = 200;
/** For one that is interrupted to clear up behind itself. */
const clearUpMs = 30_000;

/**
 * Runs a command on this machine to its end. At the limit all of it is killed, with what it has started, and that is an error. `signal`
 * interrupts it, as a Ctrl-C at a terminal would: it rejects once the command has ended. `environment`: on top of ours; undefined takes a
 * variable away.
 */
export function runOnHost(
  command: readonly string[],
  within: Duration,
  cwd: string,
  signal?: AbortSignal,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Executed> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A process group of its own: what a shell has started goes with it, and a Ctrl-C at the terminal does not reach it.
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed = { out: "", err: "" };
    const late = setTimeout(() => {
      if (child.pid !== undefined) endGroup(child.pid, "SIGKILL");
      ended();
      reject(failure("host-command-too-long", `did not end within ${formatDuration(within)} and was killed`));
    }, within);
    let kill: NodeJS.Timeout | undefined;
    const interrupt = () => {
      const { pid } = child;
      if (pid === undefined) return;
      endGroup(pid, "SIGINT");
      kill = setTimeout(() => endGroup(pid, "SIGKILL"), clearUpMs);
    };
    signal?.addEventListener("abort", interrupt);
    const ended = () => {
      clearTimeout(late);
      clearTimeout(kill);
      signal?.removeEventListener("abort", interrupt);
    };
    for (const [key, stream] of [["out", child.stdout] as const, ["err", child.stderr] as const])
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed[key] = (printed[key] + text).slice(-mostKept);
      });
    child.once("error", (thrown) => {
      ended();
      reject(failure("host-command-failed", `could not be run: ${thrown.message}`));
    });
    child.once("exit", (code, by) => {
      ended();
      const end = () => {
        child.stdout.destroy();
        child.stderr.destroy();
        if (signal?.aborted) return reject(signal.reason);
        const how = by ? `\nended by ${by}` : "";
        resolve({ exitCode: code ?? -1, out: printed.out, err: `${printed.err}${how}` });
      };
      // What it has left running in the background may keep its output open for good.
      const drained = setTimeout(end, drainMs);
      child.once("close", () => {
        clearTimeout(drained);
        end();
      });
    });

    const failure = (code: string, how: string) =>
      new KnownError(code, `${command.join(" ")} ${how}`, {
        facts: { "it printed": `${printed.out}${printed.err}`.trim().slice(-2000) || "nothing", folder: cwd },
      });
  });
}

function endGroup(pid: number, how: "SIGINT" | "SIGKILL"): void {
  try {
    process.kill(-pid, how);
  } catch {
    // It ended by itself just now.
  }
}

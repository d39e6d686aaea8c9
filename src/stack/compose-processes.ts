import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Ends `docker compose` processes that still work on such a project: an interrupted start would otherwise go on making containers
 * after we removed them. Returns how many there were.
 */
export function endComposeOf(isProject: (name: string) => boolean, also: readonly string[] = []): number {
  const found = processes().filter(
    ({ args }) => args.includes("compose") && args.some(isProject) && also.every((it) => args.includes(it)),
  );
  for (const { pid } of found) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself between the list and the signal.
    }
  }
  return found.length;
}

/** Every process with its arguments: from /proc where there is one (a small system may lack ps), else from ps. */
function processes(): { pid: number; args: string[] }[] {
  if (process.platform !== "linux")
    return execFileSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, ...args]) => ({ pid: Number(pid), args }));
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        return [{ pid: Number(name), args: readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0") }];
      } catch {
        return [];
      }
    });
}

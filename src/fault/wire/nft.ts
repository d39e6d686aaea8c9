import { spawn } from "node:child_process";
import { monotonicNow } from "../../stack/helper-program.ts";

const limitMs = 5000;
const noNft = "there is no nft in the helper image";
const longestOutput = 2 ** 20;

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

/** Runs nft with a script on its standard input. */
function nft(args: readonly string[], script: string): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  const child = spawn("nft", args, { timeout: limitMs, killSignal: "SIGKILL" });
  let output = "";
  let error = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
    if (output.length > longestOutput) child.kill("SIGKILL");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    error = (error + chunk.toString("utf8")).slice(-2000);
  });
  child.once("error", (thrown: NodeJS.ErrnoException) => reject(thrown.code === "ENOENT" ? new Error(noNft) : thrown));
  child.once("close", (code, signal) => {
    if (code === null) reject(new Error(`nft was ended by ${signal}, after at most ${limitMs} ms: ${error.trim()}`));
    else resolve({ code, output, error: error.trim() });
  });
  // It may be gone before it has read anything; its exit code tells.
  child.stdin.on("error", () => undefined);
  child.stdin.end(script);
  return promise;
}

/** Applies a script in one transaction. */
export async function applyRules(script: string): Promise<{ readonly from: number; readonly to: number }> {
  const from = monotonicNow();
  const { code, error } = await nft(["-f", "-"], script);
  if (code !== 0) throw new Error(`nft refused the rules (exit ${code}): ${error}`);
  return { from, to: monotonicNow() };
}

/** A table's rules without their counts; null if there is no such table. */
export async function tableNamed(name: string): Promise<string | null> {
  const { code, output, error } = await nft(["-s", "list", "table", "inet", name], "");
  if (code === 0) return output;
  if (/No such file or directory/.test(error)) return null;
  throw new Error(`nft could not list the table ${name} (exit ${code}): ${error}`);
}

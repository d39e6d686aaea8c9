import { readFileSync } from "node:fs";
import { type Answer, request } from "./helper-wire.ts";
import { eachLine } from "./lines.ts";

/** The side of the helper protocol that runs inside a helper container. */

/** The kernel's monotonic clock in ms. As in clock.ts, which is not imported: it would bring all of zod into the bundle. */
export const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** One request under way. */
export interface Call {
  /** Sends a part of a streamed answer. */
  more(data: unknown): void;
  /** Aborted when whoever asked wants no more. */
  readonly stopped: AbortSignal;
}

/**
 * Reads requests from standard input until it is closed, and then exits: when the harness dies, however it dies, the engine
 * closes our input, we go and the engine removes the container.
 */
export function serve(handle: (command: unknown, call: Call) => unknown): void {
  const say = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  const running = new Map<number, AbortController>();

  async function run(id: number, command: unknown): Promise<void> {
    const stop = new AbortController();
    running.set(id, stop);
    try {
      const call: Call = { more: (data) => say({ kind: "more", id, data }), stopped: stop.signal };
      const data = await handle(command, call);
      say({ kind: "done", id, data: data ?? null });
    } catch (thrown) {
      say({ kind: "error", id, message: thrown instanceof Error ? thrown.message : String(thrown) });
    } finally {
      running.delete(id);
    }
  }

  eachLine(process.stdin, (line) => {
    const asked = request.parse(JSON.parse(line));
    if (asked.kind === "ping") say({ kind: "done", id: asked.id, data: monotonicNow() });
    else if (asked.kind === "stop") running.get(asked.id)?.abort();
    else void run(asked.id, asked.command);
  });
  process.stdin.once("close", () => process.exit(0));
  process.stdin.once("error", () => process.exit(0));

  say({ kind: "hello", bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() });
}

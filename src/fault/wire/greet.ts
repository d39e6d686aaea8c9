import { connect } from "node:net";
import { monotonicNow } from "../../stack/helper-program.ts";
import type { CommandOf, GreetedThere } from "./commands.ts";

/** What a failed connection says, by its code. */
const failures = new Map<string, GreetedThere["came"]>([
  ["ECONNREFUSED", "refused"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
]);

/** Connects, sends the hello and waits for enough bytes, or for the other side's closing. Settles once, at the limit at the latest. */
export function greet({ host, port, hello, enough, timeoutMs }: Omit<CommandOf<"greet">, "do">): Promise<GreetedThere> {
  const { promise, resolve } = Promise.withResolvers<GreetedThere>();
  const from = monotonicNow();
  let bytes = 0;
  const socket = connect({ host, port, noDelay: true });
  const settle = (came: GreetedThere["came"]) => {
    clearTimeout(limit);
    resolve({ from, to: monotonicNow(), came, bytes });
    socket.destroy();
  };
  const limit = setTimeout(() => settle("silence"), timeoutMs);
  socket.once("connect", () => {
    const greeting = Buffer.from(hello, "base64");
    if (greeting.length > 0) socket.write(greeting);
    if (enough === 0) socket.end();
  });
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (enough > 0 && bytes >= enough) settle("answer");
  });
  // Later than its "end", which comes only once all data has been read.
  socket.once("end", () => settle("closed"));
  socket.once("error", (error: NodeJS.ErrnoException) => settle(failures.get(error.code ?? "") ?? "unreachable"));
  return promise;
}

import { request } from "node:http";
import { monotonicNow } from "../../stack/helper-program.ts";
import type { Answered, CommandOf } from "./commands.ts";

const longestBody = 2 ** 20;

/** One request over a fresh connection, all of it within the limit. Never rejects. */
export async function requestOnce(order: Omit<CommandOf<"http">, "do">): Promise<Answered> {
  const from = monotonicNow();
  try {
    const { status, body } = await exchange(order);
    return { from, to: monotonicNow(), status, body };
  } catch (thrown) {
    return { from, to: monotonicNow(), error: reasonOf(thrown, order.timeoutMs) };
  }
}

function reasonOf(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === "AbortError" || thrown.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  return thrown.message || ("code" in thrown ? String(thrown.code) : thrown.name);
}

function exchange({ method, url, body, timeoutMs }: Omit<CommandOf<"http">, "do">) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const outgoing = request(url, {
    method,
    agent: false,
    headers,
    signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
  });
  outgoing.once("error", reject);
  outgoing.once("response", (incoming) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > longestBody) incoming.destroy(new Error("the answer is longer than 1 MiB"));
    });
    incoming.once("error", reject);
    incoming.once("end", () =>
      resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
    );
  });
  outgoing.end(body);
  return promise;
}

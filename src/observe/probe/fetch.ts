import { get } from "node:http";
import { monotonicNow } from "../../stack/helper-program.ts";
import type { Addresses } from "./addresses.ts";
import type { ProbeFetched } from "./commands.ts";

const longestBody = 8 * 2 ** 20;

/** One GET, from finding the address to the body's end, all within the limit. Never rejects. */
export async function fetchOnce(url: string, timeoutMs: number, addresses: Addresses): Promise<ProbeFetched> {
  const from = monotonicNow();
  try {
    const { status, body } = await request(url, timeoutMs, addresses);
    return { from, to: monotonicNow(), status, body };
  } catch (thrown) {
    return { from, to: monotonicNow(), error: reasonOf(thrown, timeoutMs) };
  }
}

function reasonOf(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === "AbortError" || thrown.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  return thrown.message || ("code" in thrown ? String(thrown.code) : thrown.name);
}

async function request(
  url: string,
  timeoutMs: number,
  addresses: Addresses,
): Promise<{ readonly status: number; readonly body: string }> {
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  // Also what does not listen to the signal, such as finding the address, ends at the limit.
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  const { hostname } = new URL(url);
  const found = await Promise.race([
    new Promise<string>((tell, fail) =>
      addresses.find(hostname.replace(/^\[(.*)\]$/, "$1"), (it) =>
        "address" in it ? tell(it.address) : fail(new Error(it.note)),
      ),
    ),
    promise.then(() => ""),
  ]);
  const family = found.includes(":") ? 6 : 4;
  const outgoing = get(url, {
    agent: false,
    signal,
    // The address is known already; the name stays in the Host header.
    lookup: (_name, { all }, tell) => (all ? tell(null, [{ address: found, family }]) : tell(null, found, family)),
  });
  outgoing.once("error", reject);
  outgoing.once("response", (incoming) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > longestBody) incoming.destroy(new Error(`the answer is longer than ${longestBody / 2 ** 20} MiB`));
    });
    incoming.once("error", reject);
    incoming.once("end", () =>
      resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
    );
  });
  return promise;
}

import { get } from "node:http";
import { type WholeAnswer, wholeAnswer, whyNoAnswer } from "../../stack/helper-http.ts";
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
    return { from, to: monotonicNow(), error: whyNoAnswer(thrown, timeoutMs) };
  }
}

async function request(url: string, timeoutMs: number, addresses: Addresses): Promise<WholeAnswer> {
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  // Also what does not listen to the signal, such as finding the address, ends at the limit.
  signal.addEventListener("abort", () => over.reject(signal.reason), { once: true });
  const address = await Promise.race([addressOf(url, addresses), over.promise]);
  const family = address.includes(":") ? 6 : 4;
  const outgoing = get(url, {
    agent: false,
    signal,
    // The address is known already; the name stays in the Host header.
    lookup: (_name, { all }, tell) => (all ? tell(null, [{ address, family }]) : tell(null, address, family)),
  });
  return Promise.race([wholeAnswer(outgoing, longestBody), over.promise]);
}

function addressOf(url: string, addresses: Addresses): Promise<string> {
  const name = new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((tell, fail) =>
    addresses.find(name, (it) => ("address" in it ? tell(it.address) : fail(new Error(it.note)))),
  );
}

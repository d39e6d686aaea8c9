import { request } from "node:http";
import { type WholeAnswer, wholeAnswer, whyNoAnswer } from "../../stack/helper-http.ts";
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
    return { from, to: monotonicNow(), error: whyNoAnswer(thrown, order.timeoutMs) };
  }
}

function exchange({ method, url, body, timeoutMs }: Omit<CommandOf<"http">, "do">): Promise<WholeAnswer> {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  const outgoing = request(url, { method, agent: false, headers, signal });
  const answer = wholeAnswer(outgoing, longestBody);
  outgoing.end(body);
  return answer;
}

import type { ClientRequest } from "node:http";

/** HTTP as the helpers' programs ask it: one request, its whole answer or why there was none. */

export interface WholeAnswer {
  readonly status: number;
  readonly body: string;
}

/** The answer once its body has ended; rejects where it breaks off, or is longer than `longest` bytes (whole MiB). */
export function wholeAnswer(outgoing: ClientRequest, longest: number): Promise<WholeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>();
  outgoing.once("error", reject);
  outgoing.once("response", (incoming) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > longest) incoming.destroy(new Error(`the answer is longer than ${longest / 2 ** 20} MiB`));
    });
    incoming.once("error", reject);
    incoming.once("end", () =>
      resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
    );
  });
  return promise;
}

/** Why a request that had so long has no answer. */
export function whyNoAnswer(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === "AbortError" || thrown.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  return thrown.message || ("code" in thrown ? String(thrown.code) : thrown.name);
}

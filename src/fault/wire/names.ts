import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { monotonicNow } from "../../stack/helper-program.ts";
import type { NamedThere } from "./commands.ts";

const meanings = new Map<string, NamedThere["came"]>([
  ["ENOTFOUND", "no-such-name"],
  ["ENODATA", "no-such-name"],
  ["ETIMEOUT", "silence"],
]);

/** One question to the name server that the container has, from a port of its own: the kernel decides once for each where it goes. */
export async function lookUp(name: string, timeoutMs: number): Promise<NamedThere> {
  const from = monotonicNow();
  const limit = Math.ceil(timeoutMs);
  const resolver = new Resolver({ timeout: limit, tries: 1, maxTimeout: limit });
  const silent = setTimeout(() => resolver.cancel(), limit);
  try {
    await resolver.resolve4(name);
    return { from, to: monotonicNow(), came: "address" };
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    return { from, to: monotonicNow(), came: code === "ECANCELLED" ? "silence" : (meanings.get(code) ?? "failure") };
  } finally {
    clearTimeout(silent);
  }
}

/** A name server that knows no name, on one free port of 127.0.0.1 for both UDP and TCP. Returns the port. */
export async function denyNames(): Promise<number> {
  const tcp = createServer((socket) => {
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("error", () => undefined);
    let heard = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
        const length = heard.readUInt16BE(0);
        const denied = denial(heard.subarray(2, 2 + length));
        heard = heard.subarray(2 + length);
        if (!denied) return socket.destroy();
        const head = Buffer.alloc(2);
        head.writeUInt16BE(denied.length);
        socket.write(Buffer.concat([head, denied]));
      }
    });
  });
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket("udp4", (question, { port: to, address }) => {
    const denied = denial(question);
    if (denied) udp.send(denied, to, address, () => undefined);
  });
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  return port;
}

/** RFC 1035, 4.1.1. */
const headerBytes = 12;
const isResponse = 0x80;
const authoritativeAndRecursive = 0x85;
const recursionAvailableNoSuchName = 0x83;

/** "No such name" to a question; undefined to what is none. */
export function denial(question: Buffer): Buffer | undefined {
  if (question.length < headerBytes || (question.readUInt8(2) & isResponse) !== 0) return undefined;
  const end = endOfQuestion(question);
  if (question.readUInt16BE(4) !== 1 || end === undefined) return undefined;
  // What follows the question (EDNS) is left out, and so the counts of what follows are 0.
  const answer = Buffer.from(question.subarray(0, end));
  answer.writeUInt8(authoritativeAndRecursive, 2);
  answer.writeUInt8(recursionAvailableNoSuchName, 3);
  answer.fill(0, 6, headerBytes);
  return answer;
}

/** Where the first question ends: labels, a zero, type and class. */
function endOfQuestion(message: Buffer): number | undefined {
  let at = headerBytes;
  while (at < message.length && message.readUInt8(at) !== 0) at += 1 + message.readUInt8(at);
  const end = at + 5;
  return end <= message.length ? end : undefined;
}

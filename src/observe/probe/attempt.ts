import { connect } from "node:net";
import { patternOf } from "../../pattern.ts";
import type { Addresses } from "./addresses.ts";
import { bodyOf } from "./body.ts";
import { headOf } from "./head.ts";

/** What is tried. A request for HTTP; none for TCP, where an accepted connection is the answer. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly request: string | undefined;
  /** What the answer's body must match; the answer's head is enough where it is absent. */
  readonly body?: RegExp;
}

export function targetOf(url: string, body?: string): Target {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  if (protocol === "tcp:") return { host: bare, port: Number(port), request: undefined };
  if (protocol !== "http:") throw new Error(`the probe tries http:// and tcp:// addresses, not ${url}`);
  const request = [
    `GET ${pathname || "/"}${search} HTTP/1.1`,
    `Host: ${host}`,
    "User-Agent: healproof-probe",
    "Accept: */*",
    "Connection: close",
    "\r\n",
  ].join("\r\n");
  return { host: bare, port: Number(port || 80), request, ...(body === undefined ? {} : { body: patternOf(body) }) };
}

/** How long an answered connection is given to end well, so that the service is not made to log a reset. */
const lingerMs = 250;

/** Of a longer one nobody says whether it matches. */
const longestAnswer = 2 ** 20;

/**
 * One try over a fresh connection, from finding the address to the answer's head, or to the end of its body if that has to match:
 * a body that does not gives the status with a minus. Plain sockets: a third of the CPU of node:http, and the probe shares the
 * machine with what it measures. Settles exactly once, at the limit at the latest.
 */
export function attempt(
  target: Target,
  addresses: Addresses,
  timeoutMs: number,
  settle: (status: number, note?: string) => void,
): void {
  let open = true;
  let stage = "finding the address";
  let end = (): void => undefined;
  const settleOnce = (status: number, note?: string) => {
    if (!open) return;
    open = false;
    clearTimeout(limit);
    settle(status, note);
  };
  const limit = setTimeout(() => {
    settleOnce(0, `no answer within ${timeoutMs} ms, ${stage}`);
    end();
  }, timeoutMs);

  addresses.find(target.host, (found) => {
    if (!open) return;
    if ("note" in found) return settleOnce(0, found.note);
    stage = "connecting";
    const socket = connect({ host: found.address, port: target.port, noDelay: true });
    end = () => socket.destroy();
    let heard = "";
    const answered = (status: number, note?: string) => {
      addresses.report(target.host, true);
      settleOnce(status, note);
      socket.end();
      const linger = setTimeout(end, lingerMs);
      socket.once("close", () => clearTimeout(linger));
    };
    socket.once("connect", () => {
      if (target.request === undefined) return answered(200);
      stage = "waiting for the answer";
      socket.write(target.request);
    });
    const read = (ended: boolean) => {
      // Once answered, what follows is read and forgotten.
      if (!open) return;
      const head = headOf(heard);
      if (head === undefined) return;
      if (head === "not-http") {
        settleOnce(0, "the answer is not HTTP");
        return end();
      }
      const { status } = head;
      if (!target.body) return answered(status);
      const body = bodyOf(head, ended);
      if (body !== undefined) return answered(target.body.test(body) ? status : -status);
      if (heard.length > longestAnswer) answered(-status, `the answer is longer than ${longestAnswer / 2 ** 20} MiB`);
      else if (ended) settleOnce(0, "closed in the middle of the answer");
    };
    socket.on("data", (chunk: Buffer) => {
      if (!open) return;
      heard += chunk.toString("latin1");
      read(false);
    });
    socket.once("end", () => read(true));
    socket.once("error", (error: NodeJS.ErrnoException) => settleOnce(0, error.code ?? error.message));
    socket.once("close", () => settleOnce(0, "closed without an answer"));
  });
}

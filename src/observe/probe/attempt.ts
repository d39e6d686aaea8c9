import { connect } from "node:net";
import type { Addresses } from "./addresses.ts";
import { statusOfHead } from "./head.ts";

/** What is tried. A request for HTTP; none for TCP, where an accepted connection is the answer. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly request: string | undefined;
}

export function targetOf(url: string): Target {
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
  return { host: bare, port: Number(port || 80), request };
}

/** How long an answered connection is given to end well, so that the service is not made to log a reset. */
const lingerMs = 250;

/**
 * One try over a fresh connection, from finding the address to the answer's headers. Plain sockets: a third of the CPU of
 * node:http, and the probe shares the machine with what it measures. Settles exactly once, at the limit at the latest.
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
    let head = "";
    const answered = (status: number) => {
      addresses.report(target.host, true);
      settleOnce(status);
      socket.end();
      const linger = setTimeout(end, lingerMs);
      socket.once("close", () => clearTimeout(linger));
    };
    socket.once("connect", () => {
      if (target.request === undefined) return answered(200);
      stage = "waiting for the answer";
      socket.write(target.request);
    });
    socket.on("data", (chunk: Buffer) => {
      // Once answered, what follows is read and forgotten.
      if (!open) return;
      head += chunk.toString("latin1");
      const status = statusOfHead(head);
      if (status === undefined) return;
      if (status !== 0) return answered(status);
      settleOnce(0, "the answer is not HTTP");
      end();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => settleOnce(0, error.code ?? error.message));
    socket.once("close", () => settleOnce(0, "closed without an answer"));
  });
}

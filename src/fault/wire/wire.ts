import type { HostSpan } from "../../clock.ts";

/** What came of a request over HTTP. */
export type WireAnswer =
  | { readonly status: number; readonly body: string; readonly when: HostSpan }
  | { readonly error: string; readonly when: HostSpan };

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: string;
  readonly timeoutMs: number;
}

/** What came of saying hello over TCP. */
export type Came =
  | "answer" // as many bytes as were asked for
  | "silence" // not so many in time
  | "refused" // the connection, by whom it was for
  | "reset" // the connection, once it was there
  | "closed" // the connection, in order
  | "unreachable"; // no such name, or no way there

export interface Greeting {
  /** A name or an address, as the container itself would use it. */
  readonly host: string;
  readonly port: number;
  /** What is sent once the connection is there. */
  readonly hello: Uint8Array;
  /** Bytes to wait for. At 0 our side is closed after the hello, and the other side's closing is waited for. */
  readonly enough: number;
  readonly timeoutMs: number;
}

export interface Greeted {
  readonly came: Came;
  /** Bytes that came back. */
  readonly bytes: number;
  /** From before the connection to what came, or to the limit. */
  readonly when: HostSpan;
}

/** What came of asking for a name's address: the name server's answer, or none. */
export interface Named {
  readonly came: "address" | "no-such-name" | "silence" | "failure";
  readonly when: HostSpan;
}

/**
 * Acts inside one container's network, through a small container of ours that joins it with NET_ADMIN. The network ends with the
 * container's run: after a restart it has a new one, and another wire is needed.
 */
export interface Wire extends AsyncDisposable {
  /** Fulfils when the network is gone (the container stopped), or the wire was lost. */
  readonly ended: Promise<void>;
  /** One HTTP request from inside, such as to Toxiproxy's API on 127.0.0.1. */
  http(request: HttpRequest): Promise<WireAnswer>;
  /** Connects, sends and waits. */
  greet(greeting: Greeting): Promise<Greeted>;
  /** Asks the container's own name server, over a connection of its own. */
  lookUp(name: string, timeoutMs: number): Promise<Named>;
  /** Answers every question for a name with "no such name", on a port of 127.0.0.1 that it returns; until the wire ends. */
  denyNames(): Promise<number>;
  /** Applies an nftables script, whole or not at all; when it came into force. */
  nft(script: string): Promise<HostSpan>;
  /** An `inet` table's rules as nft prints them, without counts; undefined if there is no such table. */
  table(name: string): Promise<string | undefined>;
}

import type { HostSpan } from "../../clock.ts";
import type { FaultContainer, FaultTools } from "../define.ts";
import type { Came, Greeting, HttpRequest, Wire } from "../wire/wire.ts";
import { noStack, noTools } from "./no-tools.ts";

interface SetToxic {
  readonly name: string;
  readonly type: string;
  readonly stream: string;
  readonly toxicity: number;
  readonly attributes: Record<string, number>;
}

interface Fared {
  readonly came: Came;
  readonly bytes?: number;
  readonly tookMs?: number;
}

const far = 5432;
const near = 15432;

/** A stack with one Toxiproxy and one link in it, and what is answered through that link, by what its API was told. */
export class PretendToxiproxy implements FaultTools {
  readonly hand = noTools.hand;
  /** What was changed through the API, in order. */
  readonly did: string[] = [];
  toxics: SetToxic[] = [];
  enabled = true;
  running = true;
  /** Its process listens. */
  listens = true;
  /** It answers every request with an error of its own. */
  sick = false;
  pid = 7;
  /** What the server at the link's end does with a greeting. */
  server = ({ enough }: Greeting): Fared => (enough === 0 ? { came: "closed" } : { came: "answer", bytes: enough });
  /** How each greeting through the link fares; unless told, as Toxiproxy would have it. */
  through: ((greeting: Greeting) => Fared) | undefined;
  #clock = 1000;

  readonly stack: FaultTools["stack"] = {
    ...noStack,
    container: async () => ({
      id: "c1".repeat(32),
      pid: this.running ? this.pid : 0,
      running: this.running,
      paused: false,
    }),
  };

  async wire({ running }: FaultContainer): Promise<Wire> {
    if (!running) throw new Error("there is no network to join");
    return this.#wire;
  }

  /** The container stops and starts again: Toxiproxy forgets what it was told. */
  restart(): void {
    this.toxics = [];
    this.enabled = true;
    this.pid += 1;
  }

  #span(tookMs: number): HostSpan {
    const from = this.#clock;
    this.#clock += tookMs;
    return { from, to: from + tookMs };
  }

  readonly #wire: Wire = {
    ended: new Promise(() => undefined),
    http: async (request) =>
      this.listens
        ? { ...this.#api(request), when: this.#span(1) }
        : { error: "connect ECONNREFUSED 127.0.0.1:8474", when: this.#span(1) },
    greet: async (greeting) => {
      const fared = this.#greet(greeting);
      const { came, bytes = 0, tookMs = 1 } = fared;
      if (tookMs > greeting.timeoutMs) return { came: "silence", bytes: 0, when: this.#span(greeting.timeoutMs) };
      return { came, bytes, when: this.#span(came === "silence" ? greeting.timeoutMs : tookMs) };
    },
    lookUp: () => Promise.reject(new Error("not reached")),
    denyNames: () => Promise.reject(new Error("not reached")),
    nft: () => Promise.reject(new Error("not reached")),
    table: () => Promise.reject(new Error("not reached")),
    [Symbol.asyncDispose]: async () => undefined,
  };

  #greet(greeting: Greeting): Fared {
    if (greeting.port === far) return this.server(greeting);
    if (greeting.port !== near) return { came: "unreachable" };
    return (this.through ?? ((it) => this.#disturbed(it)))(greeting);
  }

  #disturbed(greeting: Greeting): Fared {
    if (!this.enabled) return { came: "refused" };
    const whole = this.server(greeting);
    let tookMs = whole.tookMs ?? 1;
    for (const { type, stream, attributes } of this.toxics) {
      const carried = stream === "upstream" ? greeting.hello.length : (whole.bytes ?? 0);
      if (type === "timeout") return { came: "silence" };
      if (type === "reset_peer") return { came: "reset" };
      if (type === "limit_data" && carried > (attributes.bytes ?? 0)) return { came: "closed" };
      if (type === "latency") tookMs += attributes.latency ?? 0;
      if (type === "slow_close" && greeting.enough === 0) tookMs += attributes.delay ?? 0;
      if (type === "bandwidth") tookMs += carried / (attributes.rate ?? 1);
    }
    return { ...whole, tookMs };
  }

  #api({ method, url, body }: HttpRequest): { status: number; body: string } {
    const said: unknown = body === undefined ? undefined : JSON.parse(body);
    const { pathname } = new URL(url);
    const [, , link, , toxic] = pathname.split("/");
    const proxy = { name: "db", listen: `[::]:${near}`, upstream: `postgres:${far}`, enabled: this.enabled };
    if (this.sick) return { status: 500, body: '{"error":"out of order","status":500}' };
    const ok = (it: unknown) => ({ status: 200, body: JSON.stringify(it) });
    if (pathname === "/proxies") return ok({ db: { ...proxy, toxics: this.toxics }, "db-2": {} });
    if (link !== "db") return { status: 404, body: '{"error":"proxy not found","status":404}' };
    if (method === "GET") return ok({ ...proxy, toxics: this.toxics });
    if (method === "DELETE") {
      const before = this.toxics.length;
      this.toxics = this.toxics.filter((it) => it.name !== toxic);
      if (this.toxics.length === before) return { status: 404, body: '{"error":"toxic not found","status":404}' };
      this.did.push(`removed ${toxic}`);
      return { status: 204, body: "" };
    }
    if (pathname.endsWith("/toxics")) {
      const it = said as SetToxic;
      this.toxics.push(it);
      this.did.push(`added ${it.name}`);
      return ok(it);
    }
    this.enabled = (said as { enabled: boolean }).enabled;
    this.did.push(this.enabled ? "enabled" : "disabled");
    return ok(proxy);
  }
}

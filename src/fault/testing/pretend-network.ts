import { KnownError } from "../../errors.ts";
import type { FaultContainer, FaultTools, Neighbour } from "../define.ts";
import type { Came, Greeted, Named, Wire } from "../wire/wire.ts";
import { noStack, noTools } from "./no-tools.ts";

const app = "a1".repeat(32);
const peer = "b1".repeat(32);
const cache = "c1".repeat(32);

const cacheAddress = "172.18.0.4";

/** The network of one run of a container: the tables of rules in it. */
class Network {
  readonly tables = new Map<string, string>();
  readonly ended = Promise.withResolvers<void>();
}

/** A service `app` with a neighbour `db`, perhaps another, and what passes between them by the rules in the app's network. */
export class PretendNetwork implements FaultTools {
  readonly hand = noTools.hand;
  /** Scripts that nft was given, in order. */
  readonly scripts: string[] = [];
  state: "running" | "stopped" | "removed" = "running";
  pid = 100;
  network = new Network();
  /** Of `db`. */
  addresses = ["172.18.0.3"];
  neighbourRuns = true;
  /** Whether there is a neighbour `cache` besides, which always runs. */
  hasCache = false;
  /** How a packet between the two fares, by the tables that there are; unless told, as the kernel would have it. */
  packet: ((from: "app" | "db" | "cache", other: string) => Came) | undefined;
  /** What the app's name server answers. */
  names: (() => Named["came"]) | undefined;
  /** Whether each of the two reaches itself. */
  alive = true;
  #clock = 1000;

  stop(): void {
    this.state = "stopped";
    this.network.ended.resolve();
  }

  /** A new network, without rules. */
  start(): void {
    this.state = "running";
    this.pid += 1;
    this.network = new Network();
  }

  readonly stack: FaultTools["stack"] = {
    ...noStack,
    container: async (service): Promise<FaultContainer> => {
      if (this.state === "removed") throw new KnownError("no-such-service", `the stack has no container of ${service}`);
      const running = this.state === "running";
      return { id: app, pid: running ? this.pid : 0, running, paused: false };
    },
    endpoints: async () => [{ network: "n1", address: "172.18.0.2", aliases: ["app"] }],
    neighbours: async (_id, services): Promise<Neighbour[]> => {
      const running = this.neighbourRuns;
      const container = { id: peer, pid: running ? 200 : 0, running, paused: false };
      const addresses = running ? this.addresses : [];
      const second = { id: cache, pid: 300, running: true, paused: false };
      return [
        { service: "db", container, addresses },
        ...(this.hasCache ? [{ service: "cache", container: second, addresses: [cacheAddress] }] : []),
      ].filter((it) => services?.includes(it.service) ?? true);
    },
  };

  wire = async ({ id, running }: FaultContainer): Promise<Wire> => {
    if (!running) throw new Error("there is no network to join");
    return this.#wireInto(id, this.network);
  };

  #when(tookMs = 1) {
    const from = this.#clock;
    this.#clock += tookMs;
    return { from, to: from + tookMs };
  }

  #wireInto(container: string, network: Network): Wire {
    const self = container === app ? "127.0.0.1" : container === cache ? cacheAddress : this.addresses[0];
    return {
      ended: container === app ? network.ended.promise : new Promise(() => undefined),
      http: () => Promise.reject(new Error("not reached")),
      greet: async ({ host, timeoutMs }): Promise<Greeted> => {
        const came = host === self ? (this.alive ? "refused" : "silence") : this.#fares(network, container, host);
        return { came, bytes: 0, when: this.#when(came === "silence" ? timeoutMs : 1) };
      },
      lookUp: async (_name, timeoutMs): Promise<Named> => {
        const came = this.#named(network);
        return { came, when: this.#when(came === "silence" ? timeoutMs : 1) };
      },
      denyNames: async () => 5353,
      nft: async (script) => {
        this.scripts.push(script);
        const table = /^delete table inet (\S+)$/m.exec(script)?.[1] ?? "";
        const chains = /^table inet \S+ \{\n(.*)\n\}$/ms.exec(script)?.[1];
        if (chains === undefined) network.tables.delete(table);
        else network.tables.set(table, chains);
        return this.#when();
      },
      table: async (name) => network.tables.get(name),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  #fares({ tables }: Network, container: string, host: string): Came {
    const from = container === app ? "app" : container === cache ? "cache" : "db";
    const other = from !== "app" ? from : host === cacheAddress ? "cache" : "db";
    if (this.packet) return this.packet(from, other);
    return tables.has("healproof-isolate") || tables.has("healproof-packet-loss") ? "silence" : "refused";
  }

  #named({ tables }: Network): Named["came"] {
    if (this.names) return this.names();
    const chains = tables.get("healproof-dns-failure");
    if (chains === undefined) return "address";
    return chains.includes("redirect to :5353") ? "no-such-name" : "silence";
  }
}

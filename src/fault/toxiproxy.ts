import { closest } from "fastest-levenshtein";
import { z } from "zod";
import type { HostSpan } from "../clock.ts";
import { exitCode, KnownError } from "../errors.ts";
import type { Wire } from "./wire/wire.ts";

/** Toxiproxy's API, asked from inside its container's network. */

export const streams = ["upstream", "downstream"] as const;
export type Stream = (typeof streams)[number];

/** What is done to one direction of each connection of a proxy. Its numbers are whole: Toxiproxy takes no others. */
export const toxic = z.strictObject({
  name: z.string(),
  type: z.string(),
  stream: z.enum(streams),
  attributes: z.record(z.string(), z.int()),
});
export type Toxic = z.output<typeof toxic>;

const proxy = z.looseObject({
  name: z.string(),
  listen: z.string(),
  upstream: z.string(),
  enabled: z.boolean(),
  toxics: z.array(
    z.looseObject({ ...toxic.shape, attributes: z.record(z.string(), z.unknown()), toxicity: z.number() }),
  ),
});
export type LinkProxy = z.output<typeof proxy>;

const api = "http://127.0.0.1:8474";
const limitMs = 5000;
/** For each connection that has gone with bytes still on their way, Toxiproxy waits 5 s before it lets go of a toxic. */
const removalLimitMs = 15_000;

interface Asked {
  readonly status: number;
  readonly body: string;
  readonly when: HostSpan;
}

export class Toxiproxy {
  readonly #wire: Wire;
  /** The service that it is. */
  readonly #service: string;

  constructor(wire: Wire, service: string) {
    this.#wire = wire;
    this.#service = service;
  }

  /** Undefined if there is none of that name; `when` it was so. */
  async find(name: string): Promise<{ readonly proxy: LinkProxy | undefined; readonly when: HostSpan }> {
    const asked = await this.#ask("GET", path(name));
    return { proxy: asked.status === 404 ? undefined : proxy.parse(this.#read(asked)), when: asked.when };
  }

  /** An error that says which there are if there is none of that name. */
  async proxy(name: string): Promise<LinkProxy> {
    const { proxy: found } = await this.find(name);
    if (found) return found;
    const names = Object.keys(z.record(z.string(), z.unknown()).parse(this.#read(await this.#ask("GET", "/proxies"))));
    throw new KnownError("no-such-link", `${this.#service} has no link ${JSON.stringify(name)}`, {
      facts: {
        "its links": names.toSorted().join(", ") || "none",
        ...(names.length > 0 ? { "did you mean": closest(name, names) } : {}),
      },
      exitCode: exitCode.usage,
    });
  }

  async add(name: string, it: Toxic): Promise<HostSpan> {
    const asked = await this.#ask("POST", path(name, "toxics"), { ...it, toxicity: 1 });
    this.#read(asked);
    return asked.when;
  }

  /** Whether it was there. */
  async remove(name: string, toxicName: string): Promise<boolean> {
    const asked = await this.#ask("DELETE", path(name, "toxics", toxicName));
    if (asked.status === 404) return false;
    this.#read(asked);
    return true;
  }

  /** Whether it accepts connections. Undefined if there is none of that name. */
  async enable(name: string, enabled: boolean): Promise<HostSpan | undefined> {
    const asked = await this.#ask("POST", path(name), { enabled });
    if (asked.status === 404) return undefined;
    this.#read(asked);
    return asked.when;
  }

  async #ask(method: "GET" | "POST" | "DELETE", at: string, body?: unknown): Promise<Asked> {
    const answer = await this.#wire.http({
      method,
      url: `${api}${at}`,
      timeoutMs: method === "DELETE" ? removalLimitMs : limitMs,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!("error" in answer)) return answer;
    throw new KnownError("no-toxiproxy", `Toxiproxy did not answer in ${this.#service}`, {
      facts: {
        asked: `${method} ${api}${at}, inside its container`,
        seen: answer.error,
        try: "through: the service whose Toxiproxy has its API on port 8474",
      },
      exitCode: exitCode.inconclusive,
    });
  }

  #read({ status, body }: Asked): unknown {
    if (status >= 200 && status < 300) return body === "" ? undefined : parsed(body);
    throw new KnownError("toxiproxy-refused", `Toxiproxy in ${this.#service} refused`, {
      facts: { status: `${status}`, "it says": body.slice(0, 500).trim() || "nothing" },
    });
  }
}

const path = (...parts: readonly string[]) => `/proxies/${parts.map(encodeURIComponent).join("/")}`;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (thrown) {
    throw new KnownError("no-toxiproxy", "what has its API on port 8474 is not Toxiproxy", {
      facts: { "it says": body.slice(0, 200), try: "through: the service that is Toxiproxy" },
      exitCode: exitCode.inconclusive,
      cause: thrown,
    });
  }
}

/** Whether a toxic is in force as it was set. */
export const has = (of: LinkProxy, { name, type, stream, attributes }: Toxic): boolean =>
  of.toxics.some(
    (it) =>
      it.name === name &&
      it.type === type &&
      it.stream === stream &&
      it.toxicity === 1 &&
      Object.entries(attributes).every(([key, value]) => it.attributes[key] === value),
  );

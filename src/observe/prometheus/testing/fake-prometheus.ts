import { hostNow } from "../../../clock.ts";
import type { Probe } from "../../probe/probe.ts";

/** A probe that only fetches, and what a Prometheus behind it would answer. */

export type FakeAnswer = { readonly status: number; readonly body: string } | { readonly error: string };

const sameKernelClock: Probe["clock"] = { sameKernel: true, offsetMs: 0, uncertaintyMs: 1, method: "same kernel" };

export function fakeProbe(
  answer: (url: URL) => FakeAnswer,
  clock: Probe["clock"] = sameKernelClock,
): { readonly probe: Probe; readonly asked: URL[] } {
  const asked: URL[] = [];
  const probe: Probe = {
    clock,
    lost: new Promise<never>(() => undefined),
    watch: () => undefined,
    async fetch(address) {
      const url = new URL(address);
      asked.push(url);
      const from = hostNow();
      return { ...answer(url), when: { from, to: hostNow() } };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { probe, asked };
}

/** The body of a matrix answer; times in seconds, as the API gives them. */
export function matrixOf(
  series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly samples: readonly (readonly [unixS: number, value: string])[];
  }[],
): string {
  const result = series.map(({ labels, samples }) => ({ metric: labels, values: samples }));
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
}

/**
 * A Prometheus with one target (`job="app"`), scraped every `everyMs` from when it is made, by a clock that is `offsetMs` ahead.
 * While `silent` it scrapes but does not answer.
 */
export class FakePrometheus {
  readonly #everyMs: number;
  readonly #offsetMs: number;
  readonly #tookMs: number;
  readonly #began = Date.now();
  silent = false;

  constructor(options: { everyMs: number; tookMs: number; offsetMs?: number }) {
    this.#everyMs = options.everyMs;
    this.#tookMs = options.tookMs;
    this.#offsetMs = options.offsetMs ?? 0;
  }

  readonly answer = (url: URL): FakeAnswer => {
    if (this.silent) return { error: "no answer within 2000 ms" };
    const labels = { job: "app", instance: "app:80" };
    if (url.pathname.endsWith("/targets")) {
      const target = { labels, scrapeInterval: `${this.#everyMs}ms`, scrapeTimeout: "50ms" };
      return { status: 200, body: JSON.stringify({ status: "success", data: { activeTargets: [target] } }) };
    }
    const query = url.searchParams.get("query") ?? "";
    if (query === "time()") {
      const now = (Date.now() + this.#offsetMs) / 1000;
      const result = { status: "success", data: { resultType: "scalar", result: [now, String(now)] } };
      return { status: 200, body: JSON.stringify(result) };
    }
    const duration = query.startsWith("scrape_duration_seconds");
    const windowMs = Number(/\[(\d+)s\]$/.exec(query)?.[1]) * 1000;
    const samples = this.scrapes()
      .filter((unixMs) => unixMs > Date.now() + this.#offsetMs - windowMs)
      .map((unixMs) => [unixMs / 1000, duration ? String(this.#tookMs / 1000) : "1"] as const);
    return { status: 200, body: matrixOf([{ labels, samples }]) };
  };

  /** When it has scraped up to now, by its own clock, ms since 1970. */
  scrapes(): number[] {
    const ended = Date.now() - this.#began - this.#tookMs;
    const count = Math.max(0, Math.floor(ended / this.#everyMs) + 1);
    return Array.from({ length: count }, (_, at) => this.#began + at * this.#everyMs + this.#offsetMs);
  }
}

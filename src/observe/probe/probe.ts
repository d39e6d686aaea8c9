import type { HostSpan } from "../../clock.ts";

/** One try: from sent to answered (host clock, ms). `status` is HTTP's, 200 for an accepted TCP connection, with a minus where its body does not match, 0 for no answer (`note` says why). */
export interface ProbeTry {
  readonly from: number;
  readonly to: number;
  readonly status: number;
  readonly note?: string;
}

export type Fetched =
  | { readonly status: number; readonly body: string; readonly when: HostSpan }
  | { readonly error: string; readonly when: HostSpan };

/** Our eyes inside the stack's network: a small container that tries endpoints at a steady pace and streams what it saw. */
export interface Probe extends AsyncDisposable {
  /** How the probe's clock was mapped to the host's. */
  readonly clock: {
    readonly sameKernel: boolean;
    readonly offsetMs: number;
    readonly uncertaintyMs: number;
    readonly method: string;
  };
  /**
   * Tries an `http://` or `tcp://` address every `everyMs`, open-loop, a fresh connection each, until `until` is aborted. With `body`
   * each try lasts to the answer's end, and its body must match that pattern.
   */
  watch(
    url: string,
    options: {
      readonly everyMs: number;
      readonly timeoutMs: number;
      readonly maxInFlight: number;
      readonly body?: string;
    },
    tell: (tries: readonly ProbeTry[]) => void,
    until: AbortSignal,
  ): void;
  /** One GET from inside the network, with a limit. Never throws for what the network does. */
  fetch(url: string, options: { readonly timeoutMs: number }): Promise<Fetched>;
  /** Rejects once if the probe itself is lost (its container died, its stream broke). */
  readonly lost: Promise<never>;
}

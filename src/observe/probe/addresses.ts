import { isIP } from "node:net";

/** What became of a name: an address to try, or why there is none. */
export type Found = { readonly address: string } | { readonly note: string };

/** Asks the name server. Fulfils with no address when the name is known not to be there; rejects when it cannot tell. */
export type Resolve = (name: string) => Promise<readonly string[]>;

interface Known {
  address: string | undefined;
  confirmedAt: number;
  /** The latest try at this address worked. */
  trusted: boolean;
  refreshing: boolean;
}

/** How long an address that works is used before it is confirmed again, in the background. */
const refreshAfterMs = 200;
/** Beyond this an address is asked for first even if it works: another container may have got it by now. */
const staleAfterMs = 1000;

/**
 * The addresses of the names that are tried.
 *
 * An address at which tries succeed is used at once and confirmed in the background: asking 100 times a second costs more
 * than the tries. As soon as a try fails, every try asks first, so that it is never called a failure of the service that
 * we knocked at the address it had before: a container may come back at another one, and the old one may by then be a
 * stranger's. When the name server does not tell (it is slow, or the engine is), the last known address is tried.
 */
export class Addresses {
  readonly #resolve: Resolve;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();

  constructor(resolve: Resolve, now: () => number) {
    this.#resolve = resolve;
    this.#now = now;
  }

  /** Tells where a name is: at once if that is certain enough, else as soon as the name server has answered. */
  find(name: string, tell: (found: Found) => void): void {
    if (isIP(name)) {
      tell({ address: name });
      return;
    }
    const known = this.#of(name);
    const age = this.#now() - known.confirmedAt;
    if (known.address && known.trusted && age <= staleAfterMs) {
      if (age > refreshAfterMs && !known.refreshing) void this.#refresh(name, known);
      tell({ address: known.address });
    } else void this.#ask(name, known).then(tell);
  }

  /** How a try at an address went: a failure makes the next tries ask first. */
  report(name: string, worked: boolean): void {
    const known = this.#known.get(name);
    if (known) known.trusted = worked;
  }

  async #refresh(name: string, known: Known): Promise<void> {
    known.refreshing = true;
    await this.#ask(name, known);
    known.refreshing = false;
  }

  async #ask(name: string, known: Known): Promise<Found> {
    const asked = this.#now();
    try {
      const addresses = await this.#resolve(name);
      // With several replicas any will do; the one that we know keeps the series of tries comparable.
      const kept = addresses.find((it) => it === known.address) ?? addresses[0];
      // Answers may overtake each other: only the latest question counts.
      if (asked >= known.confirmedAt) {
        known.address = kept;
        known.confirmedAt = asked;
      }
      return kept ? { address: kept } : { note: "name unknown" };
    } catch (thrown) {
      if (known.address) return { address: known.address };
      const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "no reason given";
      return { note: `name not resolved: ${code}` };
    }
  }

  #of(name: string): Known {
    const known = this.#known.get(name);
    if (known) return known;
    const fresh: Known = { address: undefined, confirmedAt: 0, trusted: false, refreshing: false };
    this.#known.set(name, fresh);
    return fresh;
  }
}

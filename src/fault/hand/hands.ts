import type { Hand } from "./hand.ts";

/** The hand, and whichever takes its place: an engine that is restarted, or put back to an earlier state, takes it away. */
export class Hands implements AsyncDisposable {
  readonly #start: (nth: number) => Promise<Hand>;
  #now: Hand;
  #nth = 1;

  private constructor(start: (nth: number) => Promise<Hand>, first: Hand) {
    this.#start = start;
    this.#now = first;
  }

  /** `start`: starts the `nth`, from 1. */
  static async start(start: (nth: number) => Promise<Hand>): Promise<Hands> {
    return new Hands(start, await start(1));
  }

  get now(): Hand {
    return this.#now;
  }

  async renew(): Promise<void> {
    // What is left of it may be out of reach.
    await Promise.allSettled([this.#now[Symbol.asyncDispose]()]);
    this.#now = await this.#start(++this.#nth);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#now[Symbol.asyncDispose]();
  }
}

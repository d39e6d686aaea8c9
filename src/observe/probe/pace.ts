/** The clock and timer that pacing uses; a test brings its own. */
export interface Ticker {
  now(): number;
  /** Calls back after at least so many ms; returns what cancels it. */
  after(delayMs: number, call: () => void): () => void;
}

/**
 * Calls `tick` at start, start + every, start + 2 × every … On an absolute schedule: a tick that comes late does not move
 * those after it, and one that was missed altogether (we were not scheduled) is left out, never made up for by a burst.
 */
export function pace(everyMs: number, ticker: Ticker, tick: () => void, until: AbortSignal): void {
  const start = ticker.now();
  let index = 0;
  let cancel = (): void => undefined;
  until.addEventListener("abort", () => cancel(), { once: true });

  function run(): void {
    if (until.aborted) return;
    tick();
    const now = ticker.now();
    // At least one further: a timer may come up to a millisecond early, and that must not make two ticks of one.
    index = Math.max(index, Math.floor((now - start) / everyMs)) + 1;
    cancel = ticker.after(Math.ceil(start + index * everyMs - now), run);
  }
  run();
}

/**
 * Whether a try may begin now. Free as long as less than half of the places are taken. From then on they are rationed so
 * that one is left throughout `timeoutMs`: where nothing answers, all places would otherwise be taken in a burst and then
 * no try would begin until the first of them gives up, which would blur the recovery by most of a second.
 */
export function mayBegin(
  inFlight: number,
  sinceLastMs: number,
  { timeoutMs, maxInFlight }: { readonly timeoutMs: number; readonly maxInFlight: number },
): boolean {
  if (inFlight >= maxInFlight) return false;
  const free = Math.ceil(maxInFlight / 2);
  return inFlight < free || sinceLastMs >= timeoutMs / (maxInFlight - free);
}

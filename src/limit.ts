import { KnownError } from "./errors.ts";
import { type Duration, formatDuration, ms, seconds } from "./time.ts";

/** Far more than an engine that works needs for one request, also on a machine that is busy. */
export const engineLimit = seconds(60);

/** The answer of a request to the engine; an error that says which one if none comes within the limit. */
export function answered<T>(what: string, request: Promise<T>, limit: Duration = engineLimit): Promise<T> {
  return within(
    limit,
    request,
    (waited) =>
      new KnownError("engine-silent", `the container engine did not answer within ${formatDuration(waited)}`, {
        facts: { asked: what, try: "healproof doctor; is the engine overloaded, stopped or locked up?" },
      }),
  );
}

/** How many times slower than usual the machine is that the stacks run on. */
let slower = 1;

export const slowness = (): number => slower;

/**
 * A limit only says that something hangs: on a slow machine that is later. And what is done every so often, to look, is done less often
 * there, or it would be all that the machine does.
 */
export const stretched = (duration: Duration): Duration => ms(Math.round(duration * slower));

/** Stretches all limits of this process until it is disposed of. */
export function stretchLimits(by: number): Disposable {
  const before = slower;
  slower = by;
  return {
    [Symbol.dispose]: () => {
      slower = before;
    },
  };
}

/**
 * What the work gives; if it is not done within the limit, the error that `late` makes of what was waited. The work itself is not ended
 * by that.
 */
export async function within<T>(limit: Duration, work: Promise<T>, late: (waited: Duration) => Error): Promise<T> {
  const longest = stretched(limit);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(longest)), longest);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

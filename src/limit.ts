import { KnownError } from "./errors.ts";
import { type Duration, formatDuration, seconds } from "./time.ts";

/** Far more than an engine that works needs for one request, also on a machine that is busy. */
const engineLimit = seconds(60);

/** The answer of a request to the engine; an error that says which one if none comes within the limit. */
export function answered<T>(what: string, request: Promise<T>, limit: Duration = engineLimit): Promise<T> {
  return within(
    limit,
    request,
    () =>
      new KnownError("engine-silent", `the container engine did not answer within ${formatDuration(limit)}`, {
        facts: { asked: what, try: "healproof doctor; is the engine overloaded or stopped?" },
      }),
  );
}

/** What the work gives; the error that `late` makes if it is not done within the limit. The work itself is not ended by that. */
export async function within<T>(limit: Duration, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limit);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

import { KnownError } from "./errors.ts";
import { type Duration, formatDuration, seconds } from "./time.ts";

/** Far more than an engine that works needs for one request, also on a machine that is busy. */
const engineLimit = seconds(60);

/** The answer of a request to the engine; an error that says which one if none comes within the limit. */
export async function answered<T>(what: string, request: Promise<T>, within: Duration = engineLimit): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    late = setTimeout(
      () =>
        reject(
          new KnownError("engine-silent", `the container engine did not answer within ${formatDuration(within)}`, {
            facts: { asked: what, try: "healproof doctor; is the engine overloaded or stopped?" },
          }),
        ),
      within,
    );
  });
  try {
    return await Promise.race([request, limit]);
  } finally {
    clearTimeout(late);
  }
}

import { KnownError } from "../../errors.ts";
import { minutes } from "../../time.ts";
import { type Environment, must } from "./commands.ts";

const limit = minutes(5);
const times = 3;

/** What starting a container with a small program in it takes, in seconds: the shortest of a few. */
async function startOf(
  words: readonly string[],
  image: string,
  folder: string,
  environment: Environment,
  signal: AbortSignal,
): Promise<number> {
  const start = `docker run --rm --network none --entrypoint node ${image} -e 0`;
  const script = `TIMEFORMAT=%R; for i in $(seq ${times}); do time ${start} > /dev/null; done`;
  const printed = await must(
    [...words, "bash", "-c", words.length > 0 ? `'${script}' 2>&1` : `${script} 2>&1`],
    limit,
    folder,
    environment,
    signal,
  );
  const took = [...printed.matchAll(/^\d+\.\d+$/gm)].map(([it]) => Number(it));
  if (took.length !== times)
    throw new KnownError("not-measured", "how slow the lab is could not be measured", {
      facts: { "it printed": printed.trim().slice(-500) },
    });
  return Math.min(...took);
}

/** How many times longer a container takes to start in there than here: of all that a recovery takes, the most is of this kind. */
export async function slownessOf(order: {
  readonly ssh: readonly string[];
  /** An image with Node that both have. */
  readonly image: string;
  readonly folder: string;
  /** What leads to this machine's engine. */
  readonly here: Environment;
  readonly signal: AbortSignal;
}): Promise<number> {
  const { ssh, image, folder, signal } = order;
  const there = await startOf(ssh, image, folder, {}, signal);
  const here = await startOf([], image, folder, order.here, signal);
  return Math.max(1, there / here);
}

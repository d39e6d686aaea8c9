import { type Duration, ms, seconds } from "../time.ts";
import type { ComposeModel } from "./compose-file.ts";
import { parseGoDuration } from "./go-duration.ts";

/** What a stack is given at least: a broken configuration is to be told soon. */
const least = seconds(60);

/** The engine's own, where a healthcheck does not say. */
export const byDefault = { interval: seconds(30), timeout: seconds(30), retries: 3 } as const;

/**
 * How long a stack may take until all of it is healthy: 60 s, and longer only where its own healthchecks may take longer to call a
 * service unhealthy. Until then the engine itself still says "starting", and to give up would be to guess. What waits for another's
 * health (`depends_on`) has its own time after that one's.
 */
export function healthLimit(model: ComposeModel, services: readonly string[]): Duration {
  return ms(Math.max(least, ...services.map((name) => longest(model, name))));
}

function longest(model: ComposeModel, name: string): number {
  const { healthcheck, depends_on: needs = {} } = model.services[name] ?? {};
  const before = Object.entries(needs).flatMap(([needed, { condition }]) =>
    condition === "service_healthy" ? [longest(model, needed)] : [],
  );
  return Math.max(0, ...before) + checked(healthcheck);
}

/** From a container's start until its check is failed for good. A 0 stands for the engine's own figure. */
function checked(healthcheck: ComposeModel["services"][string]["healthcheck"]): number {
  if (!healthcheck || healthcheck.disable) return 0;
  const { interval, timeout, retries, start_period: starting } = healthcheck;
  const each = (parseGoDuration(interval) || byDefault.interval) + (parseGoDuration(timeout) || byDefault.timeout);
  return parseGoDuration(starting) + (retries || byDefault.retries) * each;
}

import { slowness } from "../limit.ts";
import { type Duration, ms, seconds } from "../time.ts";
import type { ComposeModel } from "./compose-file.ts";
import { goDuration, parseGoDuration } from "./go-duration.ts";

/** The engine's own, where a healthcheck does not say. */
const timeoutByDefault = seconds(30);
/** Rarer than that a check is not made: what waits for the first one would wait as long. */
const longestInterval = seconds(30);

/**
 * A stack's healthchecks as they are on a machine that is slower than those that they were written for: each may take so much longer,
 * and a start, too, and there are fewer of them, or the checks would be all that the machine does. As they are where it is not slower.
 */
export function withPatientChecks(model: ComposeModel): ComposeModel {
  const by = slowness();
  if (by === 1) return model;
  const services = Object.entries(model.services).map(([name, it]) => [
    name,
    it.healthcheck && it.healthcheck.disable !== true ? { ...it, healthcheck: patient(it.healthcheck, by) } : it,
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

type Healthcheck = NonNullable<ComposeModel["services"][string]["healthcheck"]>;

function patient(check: Healthcheck, by: number): Healthcheck {
  const [interval, timeout, starting] = [check.interval, check.timeout, check.start_period].map(parseGoDuration);
  const longer = (of: Duration | undefined) => ms((of ?? 0) * by);
  return {
    ...check,
    timeout: goDuration(longer(timeout || timeoutByDefault)),
    ...(interval ? { interval: goDuration(ms(Math.max(interval, Math.min(longer(interval), longestInterval)))) } : {}),
    ...(starting ? { start_period: goDuration(longer(starting)) } : {}),
  };
}

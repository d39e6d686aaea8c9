import { slowness, stretched } from "../limit.ts";
import { ms, seconds } from "../time.ts";
import type { ComposeModel } from "./compose-file.ts";
import { goDuration, parseGoDuration } from "./go-duration.ts";
import { byDefault } from "./health-limit.ts";

/** Rarer than that a check is not made: what waits for the first one would wait as long. */
const longestInterval = seconds(30);

/**
 * A stack's healthchecks as they are on a machine that is slower than those that they were written for: each may take so much longer,
 * and a start, too, and there are fewer of them, or the checks would be all that the machine does. As they are where it is not slower.
 */
export function withPatientChecks(model: ComposeModel): ComposeModel {
  if (slowness() === 1) return model;
  const services = Object.entries(model.services).map(([name, it]) => [
    name,
    it.healthcheck && it.healthcheck.disable !== true ? { ...it, healthcheck: patient(it.healthcheck) } : it,
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

type Healthcheck = NonNullable<ComposeModel["services"][string]["healthcheck"]>;

function patient(check: Healthcheck): Healthcheck {
  const interval = parseGoDuration(check.interval);
  const starting = parseGoDuration(check.start_period);
  return {
    ...check,
    timeout: goDuration(stretched(parseGoDuration(check.timeout) || byDefault.timeout)),
    ...(interval
      ? { interval: goDuration(ms(Math.max(interval, Math.min(stretched(interval), longestInterval)))) }
      : {}),
    ...(starting ? { start_period: goDuration(stretched(starting)) } : {}),
  };
}

import { z } from "zod";
import { bounds, fitting, someBound, timesText, within } from "./bounds.ts";
import type { Reading } from "./reading.ts";

/** What the engine knows of a service's (first) container. */

/** A container's states as the journal's samples number them. `gone`: the service has no container. */
export const stateCodes = {
  gone: 0,
  created: 1,
  restarting: 2,
  running: 3,
  paused: 4,
  exited: 5,
  dead: 6,
  removing: 7,
} as const;

/** The same for its health. `none`: it has no healthcheck, or there is no container. */
export const healthCodes = { none: 0, starting: 1, healthy: 2, unhealthy: 3 } as const;

const service = z.string().min(1).meta({ description: "A service of the Compose file: its first container" });

export const containerCondition = z.strictObject({
  container: service,
  is: z
    .enum(["running", "exited", "paused", "restarting", "created", "dead"])
    .meta({ description: "The container's state as the engine tells it" }),
});

export const healthCondition = z.strictObject({
  health: service,
  is: z
    .enum(["healthy", "unhealthy", "starting"])
    .meta({ description: "What the container's own healthcheck says, as the engine tells it" }),
});

const count = z.int().nonnegative();

export const restartsCondition = z
  .strictObject({
    restarts: service.meta({
      description: "How often the service's container was started since the fault, by whomever",
    }),
    ...bounds(count),
  })
  .superRefine(fitting("a restarts condition"))
  .meta(someBound);

export const readContainer = ({ container, is }: z.output<typeof containerCondition>): Reading => ({
  series: `state of ${container}`,
  text: `${container} is ${is}`,
  watch: { by: "state", service: container },
  good: ({ value }) => value === stateCodes[is],
  say: (value) => nameOf(stateCodes, value),
});

export const readHealth = ({ health, is }: z.output<typeof healthCondition>): Reading => ({
  series: `health of ${health}`,
  text: `${health} is ${is}`,
  watch: { by: "health", service: health },
  good: ({ value }) => value === healthCodes[is],
  say: (value) => (value === healthCodes.none ? "without a healthcheck" : nameOf(healthCodes, value)),
});

export function readRestarts(it: z.output<typeof restartsCondition>): Reading {
  const often = timesText(it);
  return {
    series: `starts of ${it.restarts}`,
    text: often === "never" ? `${it.restarts} was never started again` : `${it.restarts} was started again ${often}`,
    watch: { by: "starts", service: it.restarts },
    cumulative: true,
    good: ({ value }) => within(it, value),
    say: (value) => (value === 1 ? "1 start" : `${value} starts`),
  };
}

const nameOf = (codes: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(codes).find(([, code]) => code === value)?.[0] ?? `unknown (${value})`;

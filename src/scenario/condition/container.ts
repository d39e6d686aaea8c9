import { z } from "zod";
import { bounds, fitting, someBound, timesText, within } from "./bounds.ts";
import type { Reading } from "./reading.ts";

/** What the engine knows of one of a service's containers. */

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

const service = z.string().min(1).meta({ description: "A service of the Compose file" });
const replica = z.int().min(1).optional().meta({
  description: "Which of its containers, from 1, as in a fault; the first unless told",
});

export const containerCondition = z.strictObject({
  container: service,
  replica,
  is: z
    .enum(["running", "exited", "paused", "restarting", "created", "dead"])
    .meta({ description: "The container's state as the engine tells it" }),
});

export const healthCondition = z.strictObject({
  health: service,
  replica,
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

interface OneContainer {
  readonly service: string;
  readonly replica?: number;
}

const one = (service: string, replica: number | undefined): OneContainer => ({
  service,
  ...(replica === undefined ? {} : { replica }),
});

/** `app`, `app (container 2)`, as faults are called. */
const nameOfOne = ({ service, replica }: OneContainer): string =>
  replica === undefined ? service : `${service} (container ${replica})`;

export function readContainer({ container, replica, is }: z.output<typeof containerCondition>): Reading {
  const it = one(container, replica);
  return {
    series: `state of ${nameOfOne(it)}`,
    text: `${nameOfOne(it)} is ${is}`,
    watch: { by: "state", ...it },
    good: ({ value }) => value === stateCodes[is],
    say: (value) => nameOf(stateCodes, value),
  };
}

export function readHealth({ health, replica, is }: z.output<typeof healthCondition>): Reading {
  const it = one(health, replica);
  return {
    series: `health of ${nameOfOne(it)}`,
    text: `${nameOfOne(it)} is ${is}`,
    watch: { by: "health", ...it },
    good: ({ value }) => value === healthCodes[is],
    say: (value) => (value === healthCodes.none ? "without a healthcheck" : nameOf(healthCodes, value)),
  };
}

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

import { z } from "zod";
import { type HostSpan, hostNow, spanOf } from "../clock.ts";
import { ms } from "../time.ts";
import { type ContainerState, defineFault, type FaultStack } from "./define.ts";
import { keepLooking, seenWithin } from "./looking.ts";
import { nothingToBreak } from "./nothing-to-break.ts";
import { service } from "./params.ts";

const change = z
  .strictObject({
    environment: z.record(z.string(), z.string()).optional().meta({ description: "Variables that get another value" }),
    command: z.array(z.string()).min(1).optional().meta({ description: "The command that it runs instead" }),
    image: z.string().min(1).optional().meta({ description: "The image that it runs; must be on the machine" }),
  })
  .refine((it) => Object.keys(it).length > 0, { message: "a configuration that changes nothing" })
  .meta({ minProperties: 1, description: "What is wrong in it, as in an override" });

/** The engine is asked. */
const lookEvery = ms(100);

const configAim = z.strictObject({
  service: z.string(),
  set: change,
  /** Stands for the configuration that it had. */
  was: z.string(),
});

/**
 * A deployment goes wrong: Compose makes the service's containers anew, with a configuration under which they start and do not work,
 * or do not even stay up. Whoever rolls it back heals it. The old ones are stopped as any deployment stops them: a service that does
 * not heed SIGTERM takes its whole stop grace for that, and by so much the time of the injection is uncertain.
 */
export const badConfig = defineFault({
  kind: "bad-config",
  summary: "A deployment goes wrong: Compose recreates the service with a configuration under which it does not work.",
  params: z.strictObject({
    service: service.meta({
      description: "The service that is recreated; with a healthcheck, unless it crashes by that",
    }),
    set: change,
  }),
  aimed: configAim,
  ends: "by-healing",
  lasts: true,
  describe: ({ service }) => `bad configuration of ${service}`,

  async aim({ stack }, { service, set }) {
    await stack.checkRecreatable(service, set);
    const states = await stack.states(service);
    const [was, ...others] = new Set(states.map((it) => it.configuration));
    if (was !== undefined && others.length === 0 && states.every((it) => it.running)) return { service, set, was };
    throw nothingToBreak(`${service} is not deployed as it should be already`, {
      wanted: "all of its containers running, with one configuration",
      seen: states.map((it) => it.status).join(", ") || "no container",
    });
  },

  inject: ({ stack }, { service, set }) => spanOf(() => stack.recreate(service, set)),

  /**
   * Bitten once all of its containers have another configuration, and have ended, are unhealthy, or did not pass a single healthcheck
   * within the limit: a start that is merely slow passes one.
   */
  async witness({ stack }, { service, was }, within) {
    let refused: HostSpan | undefined;
    const broken = await seenWithin(
      async () => {
        const from = hostNow();
        const states = await stack.states(service);
        const changed = states.length > 0 && states.every((it) => it.configuration !== was);
        const all = (sick: (it: ContainerState) => boolean) => changed && states.every(sick);
        if (!all((it) => it.failedChecks > 0)) refused = undefined;
        else refused ??= { from, to: hostNow() };
        return all((it) => hasEnded(it) || it.health === "unhealthy");
      },
      within,
      lookEvery,
    );
    return broken ?? refused;
  },

  watch({ stack }, { service, was }, tell, until) {
    const look = async () => {
      const states = await stack.states(service);
      return isAsItWas(states, was)
        ? ({ state: "healed", why: `${service} has its former configuration again` } as const)
        : ({ state: "in-force", why: `${service} has the bad configuration` } as const);
    };
    return keepLooking(look, tell, until);
  },

  async undo({ stack }, { service, was }) {
    const interrupted = await stack.endRecreating();
    if (!interrupted && (await runsAsItDid(stack, service, was)))
      return `${service} has its former configuration; nothing to put back`;
    await stack.recreate(service, {});
    return `${service} has been recreated with its former configuration`;
  },
});

const hasEnded = ({ status, restarts }: ContainerState) => restarts > 0 || /^(restarting|exited|dead)$/.test(status);

/** None at all is a container on its way. */
const isAsItWas = (states: readonly ContainerState[], was: string) =>
  states.length > 0 && states.every((it) => it.configuration === was);

async function runsAsItDid(stack: FaultStack, service: string, was: string): Promise<boolean> {
  const states = await stack.states(service);
  return isAsItWas(states, was) && states.every((it) => it.running);
}

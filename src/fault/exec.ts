import { z } from "zod";
import { statusOf } from "../stack/remove.ts";
import { breakBy, commands, commandsAim, type Runner, seenBy, shown, undoneBy, watchedBy } from "./command.ts";
import { defineFault, type FaultStack } from "./define.ts";
import { replica, replicaNumber, service } from "./params.ts";
import { containerName } from "./process.ts";

const execAim = z.strictObject({
  service: z.string(),
  replica: z.int().optional(),
  as: z.string().optional(),
  ...commandsAim,
});
type ExecAim = z.output<typeof execAim>;

/** Whatever a command can break from inside a service's container: a person's own fault, with its own witness and its own undo. */
export const exec = defineFault({
  kind: "exec",
  summary: "Your own command in a service's container, with your own witness and your own undo.",
  params: z.strictObject({
    service: service.meta({ description: "The service in whose container the commands run" }),
    replica,
    as: z.string().min(1).optional().meta({ description: "The user that they run as; its image's unless told" }),
    ...commands,
  }),
  aimed: execAim,
  ends: "by-healing",
  lasts: true,
  describe: ({ run, ...params }) => `${shown(run)} in ${containerName(params)}`,

  async aim({ stack }, { service, replica, as, run, witness, undo, watch = witness }) {
    const number = replicaNumber(replica);
    await stack.container(service, number);
    return {
      service,
      ...(number === undefined ? {} : { replica: number }),
      ...(as === undefined ? {} : { as }),
      run,
      witness,
      undo,
      watch,
    };
  },

  inject: ({ stack }, aim) => breakBy(inContainer(stack, aim), aim),

  witness: ({ stack }, aim, within) => seenBy(inContainer(stack, aim), aim, within),

  watch: ({ stack }, aim, tell, until) => watchedBy(inContainer(stack, aim), aim, tell, until),

  /** In the container that the service has now. Nothing can be run in one that is down, so that is started again first. */
  async undo({ stack }, aim) {
    const { id, running } = await stack.container(aim.service, aim.replica);
    if (!running) await stack.start(id);
    await undoneBy(inContainer(stack, aim), aim);
    return `${shown(aim.undo)} was run in ${aim.service}${running ? "" : ", which was started again"}`;
  },
});

const inContainer =
  (stack: FaultStack, { service, replica, as }: ExecAim): Runner =>
  async (command, within) => {
    const { id, running, paused } = await stack.container(service, replica);
    if (!running || paused) return undefined;
    try {
      return await stack.run(id, command, within, as);
    } catch (thrown) {
      // It stopped just now.
      if (statusOf(thrown) === 409) return undefined;
      throw thrown;
    }
  };

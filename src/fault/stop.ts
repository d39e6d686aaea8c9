import { z } from "zod";
import { spanOf } from "../clock.ts";
import { defineFault } from "./define.ts";
import { keepLooking } from "./looking.ts";
import { replica, service } from "./params.ts";
import { aimAtMainProcess, containerName, processAim, startAgainOnceStopped, until } from "./process.ts";

/**
 * A person stops a service: `docker stop`, its stop signal and then its grace. The engine takes that for what is wanted, so no
 * restart policy acts, and whoever starts it again overrules a person.
 */
export const stop = defineFault({
  kind: "stop",
  summary: "The service is stopped through the engine, as a person does: no restart policy brings it back.",
  params: z.strictObject({ service: service.meta({ description: "The service that is stopped" }), replica }),
  aimed: processAim,
  ends: "by-healing",
  lasts: true,
  describe: (params) => `stop of ${containerName(params)}`,

  aim: aimAtMainProcess,

  inject: ({ stack }, { process }) => spanOf(() => stack.stop(process.container)),

  /** Bitten once the process is gone. */
  witness: ({ hand }, aim, within) => until(hand, aim.process, "gone", within),

  watch: ({ stack }, { service, replica }, tell, abort) =>
    keepLooking(
      async () => {
        const { running } = await stack.container(service, replica);
        return running
          ? { state: "healed", why: "somebody started it again" }
          : { state: "in-force", why: "still stopped" };
      },
      tell,
      abort,
    ),

  undo: (tools, aim) => startAgainOnceStopped(tools, aim),
});

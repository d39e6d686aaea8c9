import { z } from "zod";
import { spanOf } from "../clock.ts";
import { defineFault } from "./define.ts";
import { replica, service } from "./params.ts";
import { aimAtMainProcess, containerName, processAim, startAgainOnceStopped, until } from "./process.ts";

/** A person restarts a service: `docker restart`, as after an update. What depends on it loses it for as long as that takes. */
export const restart = defineFault({
  kind: "restart",
  summary: "The service is restarted through the engine, as a person does: gone for a moment, then back by itself.",
  params: z.strictObject({ service: service.meta({ description: "The service that is restarted" }), replica }),
  aimed: processAim,
  ends: "at-once",
  lasts: false,
  describe: (params) => `restart of ${containerName(params)}`,

  aim: aimAtMainProcess,

  inject: ({ stack }, { process }) => spanOf(() => stack.restart(process.container)),

  /** Bitten once the process that was there is gone. */
  witness: ({ hand }, aim, within) => until(hand, aim.process, "gone", within),

  undo: (tools, aim) => startAgainOnceStopped(tools, aim),
});

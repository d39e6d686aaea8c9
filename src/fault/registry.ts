import { cpuPressure } from "./cpu-pressure.ts";
import { crash } from "./crash.ts";
import type { AnyFault } from "./define.ts";
import { diskFill } from "./disk-fill.ts";
import { fdExhaustion } from "./fd-exhaustion.ts";
import { freeze } from "./freeze.ts";
import { hang } from "./hang.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { oom } from "./oom.ts";
import { restart } from "./restart.ts";
import { stop } from "./stop.ts";

/** Every fault that healproof has. A new one is one file and one line here. */
export const builtInFaults = [
  crash,
  stop,
  restart,
  hang,
  freeze,
  oom,
  cpuPressure,
  memoryPressure,
  fdExhaustion,
  diskFill,
] as const satisfies readonly AnyFault[];

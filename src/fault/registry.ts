import { badConfig } from "./bad-config.ts";
import { cpuPressure } from "./cpu-pressure.ts";
import { crash } from "./crash.ts";
import type { AnyFault } from "./define.ts";
import { devicePowerLoss } from "./device-power-loss.ts";
import { diskFill } from "./disk-fill.ts";
import { exec } from "./exec.ts";
import { execOnHost } from "./exec-on-host.ts";
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
  devicePowerLoss,
  badConfig,
  exec,
  execOnHost,
] as const satisfies readonly AnyFault[];

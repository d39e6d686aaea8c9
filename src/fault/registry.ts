import { badConfig } from "./bad-config.ts";
import { crash } from "./crash.ts";
import type { AnyFault } from "./define.ts";
import { devicePowerLoss } from "./device-power-loss.ts";
import { exec } from "./exec.ts";
import { execOnHost } from "./exec-on-host.ts";
import { hang } from "./hang.ts";

/** Every fault that healproof has. A new one is one file and one line here. */
export const builtInFaults = [
  crash,
  hang,
  devicePowerLoss,
  badConfig,
  exec,
  execOnHost,
] as const satisfies readonly AnyFault[];

import { badConfig } from "./bad-config.ts";
import { crash } from "./crash.ts";
import type { AnyFault } from "./define.ts";
import { devicePowerLoss } from "./device-power-loss.ts";
import { hang } from "./hang.ts";

/** Every fault that healproof has. A new one is one file and one line here. */
export const builtInFaults = [crash, hang, devicePowerLoss, badConfig] as const satisfies readonly AnyFault[];

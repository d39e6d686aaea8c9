import { badConfig } from "./bad-config.ts";
import { bandwidth } from "./bandwidth.ts";
import { crash } from "./crash.ts";
import type { AnyFault } from "./define.ts";
import { devicePowerLoss } from "./device-power-loss.ts";
import { dnsFailure } from "./dns-failure.ts";
import { exec } from "./exec.ts";
import { execOnHost } from "./exec-on-host.ts";
import { hang } from "./hang.ts";
import { isolate } from "./isolate.ts";
import { latency } from "./latency.ts";
import { limit } from "./limit.ts";
import { packetLoss } from "./packet-loss.ts";
import { partition } from "./partition.ts";
import { reset } from "./reset.ts";
import { slowClose } from "./slow-close.ts";

/** Every fault that healproof has. A new one is one file and one line here. */
export const builtInFaults = [
  crash,
  hang,
  devicePowerLoss,
  badConfig,
  exec,
  execOnHost,
  partition,
  latency,
  bandwidth,
  reset,
  slowClose,
  limit,
  isolate,
  packetLoss,
  dnsFailure,
] as const satisfies readonly AnyFault[];

import { badConfig } from "./bad-config.ts";
import { bandwidth } from "./bandwidth.ts";
import { cpuPressure } from "./cpu-pressure.ts";
import { crash } from "./crash.ts";
import type { AnyFault } from "./define.ts";
import { devicePowerLoss } from "./device-power-loss.ts";
import { diskFill } from "./disk-fill.ts";
import { dnsFailure } from "./dns-failure.ts";
import { engineRestart } from "./engine-restart.ts";
import { exec } from "./exec.ts";
import { execOnHost } from "./exec-on-host.ts";
import { fdExhaustion } from "./fd-exhaustion.ts";
import { freeze } from "./freeze.ts";
import { hang } from "./hang.ts";
import { hostPowerLoss } from "./host-power-loss.ts";
import { isolate } from "./isolate.ts";
import { latency } from "./latency.ts";
import { limit } from "./limit.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { oom } from "./oom.ts";
import { packetLoss } from "./packet-loss.ts";
import { partition } from "./partition.ts";
import { reset } from "./reset.ts";
import { restart } from "./restart.ts";
import { slowClose } from "./slow-close.ts";
import { stop } from "./stop.ts";

/** Every fault that healproof has. A new one is one file and one line here; docs/adding-a-fault.md says what its tests ask for besides. */
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
  partition,
  latency,
  bandwidth,
  reset,
  slowClose,
  limit,
  isolate,
  packetLoss,
  dnsFailure,
  diskFill,
  devicePowerLoss,
  hostPowerLoss,
  engineRestart,
  badConfig,
  exec,
  execOnHost,
] as const satisfies readonly AnyFault[];

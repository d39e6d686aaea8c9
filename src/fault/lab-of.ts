import { exitCode, KnownError } from "../errors.ts";
import type { FaultTools } from "./define.ts";
import type { Host } from "./host.ts";

/** The machine that a fault breaks as a whole; an error where it is not one that we may break. */
export function labOf({ host }: FaultTools): Host {
  if (host) return host;
  throw new KnownError("needs-the-lab", "this fault breaks a whole machine, and does so in the lab alone", {
    facts: { try: "healproof run --target vagrant; docs/lab.md says what that takes" },
    exitCode: exitCode.usage,
  });
}

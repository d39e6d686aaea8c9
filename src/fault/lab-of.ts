import { exitCode, KnownError } from "../errors.ts";
import type { FaultTools } from "./define.ts";
import type { Host } from "./host.ts";

/** The machine that a fault breaks as a whole; an error where it is not one that we may break. */
export function labOf({ host }: Pick<FaultTools, "host">): Host {
  if (host) return host;
  throw needsTheLab();
}

/** `scenarios`: the names of those that break it, where they are known. */
export function needsTheLab(scenarios: readonly string[] = []): KnownError {
  return new KnownError("needs-the-lab", "this breaks a whole machine, and does so in the lab alone", {
    facts: {
      ...(scenarios.length > 0 ? { in: scenarios.join(", ") } : {}),
      try: "--target vagrant; docs/lab.md says what that takes",
    },
    exitCode: exitCode.usage,
  });
}

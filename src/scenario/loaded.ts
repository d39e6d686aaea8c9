import { z } from "zod";
import { type Duration, duration, ms } from "../time.ts";
import { type ComposeFacts, startedServices } from "./compose.ts";
import type { Scenario } from "./schema.ts";
import { shownPath } from "./select.ts";

/**
 * A fault as the scenario writes it: its own parameters unread, for the fault's own schema to read at each border; those that the
 * engine adds (`at`, `for`) read.
 */
export interface WrittenFault {
  readonly kind: string;
  readonly params: Record<string, unknown>;
  readonly at: Duration;
  readonly for?: Duration;
}

/** A scenario that has passed every check. Plain data. */
export interface LoadedScenario {
  /** Relative to the root where it is below, with forward slashes; {@link inTypeScript} where it is in no file of its own. */
  readonly file: string;
  readonly scenario: Scenario;
  /** As one would write it without defaults and parts. */
  readonly written: unknown;
  /** In the order in which they are written. */
  readonly faults: readonly WrittenFault[];
  readonly afterwards?: WrittenFault;
  /** The Compose file: relative to the working directory where it is below, else absolute. */
  readonly compose: string;
  /** Its services, where they can be told. */
  readonly services?: readonly string[];
  /** Those of them that are started, where that can be told. */
  readonly started?: readonly string[];
}

export const inTypeScript = "(in TypeScript)";

interface Checked {
  readonly file: string;
  readonly scenario: Scenario & { readonly parts?: unknown };
  readonly written: unknown;
  /** Absolute. */
  readonly compose: string;
  readonly facts: ComposeFacts;
}

export function loadedScenario({ file, scenario, written, compose, facts: { services } }: Checked): LoadedScenario {
  const { parts: _, ...whole } = scenario;
  const { parts: __, ...rest } = writtenFaults.parse(written);
  return {
    file,
    scenario: whole,
    written: rest,
    faults: [...(rest.fault ? [rest.fault] : []), ...(rest.faults ?? [])].map(faultOf),
    ...(rest.afterwards ? { afterwards: faultOf(rest.afterwards.fault) } : {}),
    compose: shownPath(process.cwd(), compose),
    ...(services ? { services: [...services.keys()] } : {}),
    ...(services ? { started: [...startedServices(services, whole.stack.services)] } : {}),
  };
}

function faultOf(written: z.output<typeof writtenFault>): WrittenFault {
  const [kind = "", { at, for: lasts, ...params } = {}] = Object.entries(written)[0] ?? [];
  return {
    kind,
    params,
    at: duration.optional().parse(at) ?? ms(0),
    ...(lasts === undefined ? {} : { for: duration.parse(lasts) }),
  };
}

const writtenFault = z.record(z.string(), z.record(z.string(), z.unknown()));
const writtenFaults = z.looseObject({
  parts: z.unknown().optional(),
  fault: writtenFault.optional(),
  faults: z.array(writtenFault).optional(),
  afterwards: z.looseObject({ fault: writtenFault }).optional(),
});

import { z } from "zod";
import { type Duration, ms } from "../time.ts";
import type { Scenario } from "./schema.ts";

/** The faults of a scenario as they are written, each with where it stands: what reads them reads them from here. */

/** A fault whose parameters were read, with where it stands. */
export interface PlacedFault {
  readonly kind: string;
  /** Its own, without what the engine adds to each. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly at: Duration;
  /** Absent where it lasts to the end. */
  readonly for?: Duration;
  readonly path: readonly (string | number)[];
}

/** All faults of a scenario, those of its `afterwards` too, with where they stand. */
export function everyWrittenFault(scenario: Scenario): PlacedFault[] {
  return [...writtenFaults(scenario), ...faultsAfterwards(scenario)];
}

export const faultsAfterwards = ({ afterwards }: Scenario): PlacedFault[] =>
  afterwards ? faultsOf(afterwards.fault, ["afterwards", "fault"]) : [];

/** What a scenario claims something of: its faults as they are written, with where they stand. */
export function writtenFaults({ fault, faults }: Scenario): PlacedFault[] {
  const one = fault ? faultsOf(fault, ["fault"]) : [];
  return [...one, ...(faults ?? []).flatMap((it, index) => faultsOf(it, ["faults", index]))];
}

/** What is no time is told elsewhere, or is a parameter of a fault of one's own: it is none here. */
const parameters = z.looseObject({ at: z.number().default(0).catch(0), for: z.number().optional().catch(0) });

function faultsOf(choice: Readonly<Record<string, object>>, path: readonly (string | number)[]): PlacedFault[] {
  return Object.entries(choice).map(([kind, written]) => {
    const { at, for: lasts, ...params } = parameters.parse(written);
    return { kind, params, at: ms(at), ...(lasts === undefined ? {} : { for: ms(lasts) }), path: [...path, kind] };
  });
}

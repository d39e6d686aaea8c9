import type { AnyFault } from "../fault/define.ts";
import type { Duration } from "../time.ts";
import type { LoadedScenario } from "./load.ts";
import type { Healer } from "./schema.ts";

/** A scenario in a list: one line for people, one object for programs. */
export interface ScenarioSummary {
  readonly name: string;
  readonly file: string;
  readonly tags: readonly string[];
  /** `crash of app` */
  readonly fault: string;
  readonly healedBy: Healer;
  /** The budget, ms. */
  readonly within: Duration;
  /** The healers that its controls switch off. */
  readonly controls: readonly Healer[];
}

export function describeScenarios(loaded: readonly LoadedScenario[], faults: readonly AnyFault[]): ScenarioSummary[] {
  return loaded.map(({ file, fault, scenario: { name, tags, recovery, controls } }) => ({
    name,
    file,
    tags,
    fault: faults.find((it) => it.kind === fault.kind)?.describe(fault.params) ?? fault.kind,
    healedBy: recovery.healedBy,
    within: recovery.within,
    controls: controls.map((it) => it.without),
  }));
}

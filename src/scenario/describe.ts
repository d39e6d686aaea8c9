import type { AnyFault } from "../fault/define.ts";
import type { Duration } from "../time.ts";
import type { LoadedScenario, WrittenFault } from "./loaded.ts";
import type { Goal, Healer } from "./schema.ts";

/** A scenario in a list: one line for people, one object for programs. */
export interface ScenarioSummary {
  readonly name: string;
  readonly claim: string;
  readonly file: string;
  readonly tags: readonly string[];
  /** `crash of app`; `hang of app, afterwards crash of watchdog` */
  readonly fault: string;
  /** Absent where nobody heals. */
  readonly healedBy?: Healer;
  /** What is claimed: a recovery, that a person is called, or that what the fault did stays so. */
  readonly goal: Goal;
  /** The budget, ms. */
  readonly within: Duration;
  /** The healers that its controls switch off, or what is otherwise in them. */
  readonly controls: readonly string[];
}

export function describeScenarios(loaded: readonly LoadedScenario[], faults: readonly AnyFault[]): ScenarioSummary[] {
  const textOf = ({ kind, params }: WrittenFault) => faults.find((it) => it.kind === kind)?.describe(params) ?? kind;
  return loaded.flatMap(({ file, faults: broken, afterwards, scenario }) => {
    const { name, claim, tags, recovery, escalation, holds, controls } = scenario;
    const goal = recovery ? "recovery" : escalation ? "escalation" : "holds";
    const within = (recovery ?? escalation ?? holds)?.within;
    if (within === undefined) return []; // the schema allows none
    const texts = [...broken.map(textOf), ...(afterwards ? [`afterwards ${textOf(afterwards)}`] : [])];
    return {
      name,
      claim,
      file,
      tags,
      fault: texts.join(", "),
      ...(recovery ? { healedBy: recovery.healedBy } : {}),
      goal,
      within,
      controls: controls.map((it) => it.without ?? it.given ?? ""),
    };
  });
}

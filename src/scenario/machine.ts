import type { AnyFault } from "../fault/define.ts";
import { labMachine } from "../fault/host.ts";
import type { Scenario } from "./schema.ts";
import { writtenFaults } from "./written-faults.ts";

/** In a scenario: the lab's machine itself, as the host of an address that is probed and among what is healed. */
export const machineName = "machine";

/** Whether a scenario may break the lab's machine, and so may speak of it. */
export const hasMachine = ({ stack }: Pick<Scenario, "stack">): boolean => stack.shares.includes(labMachine);

/** The units of the lab's machine that a scenario is about: those that its controls disable. */
export const unitsOf = ({ controls }: Pick<Scenario, "controls">): string[] => [
  ...new Set(controls.flatMap((it) => it.disable ?? [])),
];

interface Misfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What does not fit together where a scenario is about a whole machine. */
export function machineMisfits(scenario: Scenario, faults: readonly AnyFault[]): Misfit[] {
  const { shares } = scenario.stack;
  const disabling = scenario.controls.flatMap(({ disable }, index): Misfit[] => {
    if (!disable || hasMachine(scenario)) return [];
    const message = `disable reaches outside the stack, so the scenario must permit it: stack.shares: ${JSON.stringify([...shares, labMachine])}`;
    return [{ path: ["controls", index, "disable"], message }];
  });
  return [...disabling, ...unnamedUnits(scenario), ...vainStops(scenario, faults)];
}

function unnamedUnits(scenario: Scenario): Misfit[] {
  if (unitsOf(scenario).length > 0) return [];
  const { recovery, afterwards } = scenario;
  const places = [
    { of: recovery?.of, path: ["recovery", "of"] },
    { of: afterwards?.recovery.of, path: ["afterwards", "recovery", "of"] },
  ];
  return places.flatMap(({ of, path }) =>
    hasMachine(scenario) && of?.includes(machineName)
      ? [
          {
            path,
            message: `${machineName} is healed, and nothing says which of its units: a control that disables them`,
          },
        ]
      : [],
  );
}

/** A stopped service is no healer that is off where the engine itself comes up again. */
function vainStops(scenario: Scenario, faults: readonly AnyFault[]): Misfit[] {
  const { afterwards, controls } = scenario;
  const kinds = {
    main: writtenFaults(scenario).map((it) => it.kind),
    afterwards: Object.keys(afterwards?.fault ?? {}),
  };
  return controls.flatMap(({ of, stop }, index): Misfit[] => {
    const taking = kinds[of].find((kind) => faults.find((it) => it.kind === kind)?.takesEngine);
    if (!stop || taking === undefined) return [];
    const message = `nothing stays stopped here: after ${taking} the engine comes up again and starts what was stopped, too (restart: always); change it instead: override`;
    return [{ path: ["controls", index, "stop"], message }];
  });
}

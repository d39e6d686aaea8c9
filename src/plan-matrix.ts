import type { TrialPlan } from "./plan.ts";
import { planTrials } from "./plan-trials.ts";
import type { BrokenHealer } from "./scenario/broken-healers.ts";
import type { LoadedScenario } from "./scenario/load.ts";
import type { Healer, Overrides, Scenario } from "./scenario/schema.ts";
import { ms } from "./time.ts";

/**
 * The matrix: every scenario against every broken healer that concerns it. What concerns what is computed from what they say,
 * never picked by hand: else nobody would see that something new is caught by nothing.
 */
export interface PlannedMatrix {
  readonly healers: readonly { readonly name: string; readonly breaks: Healer; readonly what: string }[];
  readonly scenarios: readonly { readonly name: string }[];
  /** One for each pair. */
  readonly cells: readonly PlannedCell[];
}

export interface PlannedCell {
  readonly scenario: string;
  readonly healer: string;
  /** The id of the scenario's trial against the broken healer. */
  readonly trial?: string;
  /** In its place, where the two do not concern each other: why. */
  readonly whyNot?: string;
}

/** Pure. The trials are part of no scenario's verdict. */
export function planMatrix(
  loaded: readonly LoadedScenario[],
  broken: readonly BrokenHealer[],
): { readonly matrix: PlannedMatrix; readonly trials: readonly TrialPlan[] } {
  const pairs = broken.flatMap((healer) =>
    loaded.map((scenario): { cell: PlannedCell; plan?: TrialPlan } => {
      const pair = { scenario: scenario.scenario.name, healer: healer.name };
      const whyNot = unconcerned(scenario, healer);
      if (whyNot !== undefined) return { cell: { ...pair, whyNot } };
      const plan = planPair(scenario, healer);
      return { cell: { ...pair, trial: plan.id }, plan };
    }),
  );
  return {
    matrix: {
      healers: broken.map(({ name, breaks, what }) => ({ name, breaks, what })),
      scenarios: loaded.map(({ scenario: { name } }) => ({ name })),
      cells: pairs.map(({ cell }) => cell),
    },
    // One broken healer after the other, so that what catches it is known as soon as can be.
    trials: pairs.flatMap(({ plan }) => plan ?? []),
  };
}

function planPair(scenario: LoadedScenario, { name, override }: BrokenHealer): TrialPlan {
  const [trial] = planTrials(scenario, { control: false, trials: 1, overrides: override, variant: name });
  if (!trial) throw new Error("a scenario has a trial");
  return {
    ...trial,
    // After its budget and its stability window nobody would call it recovered: it need not be watched for longer.
    acts: trial.acts.map((act) => {
      const { within, stableFor } = act.recovery;
      return { ...act, recovery: { ...act.recovery, patience: ms(within + stableFor) } };
    }),
    controls: [],
  };
}

/** Why a broken healer can make no difference to a scenario. */
function unconcerned({ scenario, started }: LoadedScenario, { breaks, override }: BrokenHealer): string | undefined {
  // Where it cannot be told what else is started, what is named is.
  const running = started ?? scenario.stack.services;
  const missing = Object.keys(override).find((it) => running !== undefined && !running.includes(it));
  if (missing !== undefined) return `it does not start ${missing}`;
  if (!healersOf(scenario).has(breaks)) return `nothing in it is healed by ${breaks}`;
  const own = clash(scenario.stack.override ?? {}, override);
  return own === undefined ? undefined : `it sets ${own} itself`;
}

/** The healers that a scenario's claim rests on. Where nobody is to heal, a watchdog is what could do too much, or tell nobody. */
function healersOf({ recovery, escalation, holds, afterwards, controls }: Scenario): Set<Healer> {
  return new Set([
    ...(recovery ? [recovery.healedBy] : []),
    ...(afterwards ? [afterwards.recovery.healedBy] : []),
    ...(escalation || holds ? (["watchdog"] as const) : []),
    ...controls.flatMap(({ without }) => without ?? []),
  ]);
}

/** What both change: the scenario would no longer be what it says, and refuted for that alone. */
function clash(own: Overrides, override: Overrides): string | undefined {
  for (const [service, { environment = {}, labels = {}, ...whole }] of Object.entries(override)) {
    const mine = own[service] ?? {};
    const same = [
      ...Object.keys(whole).filter((key) => Object.hasOwn(mine, key)),
      ...Object.keys(environment).filter((key) => Object.hasOwn(mine.environment ?? {}, key)),
      ...Object.keys(labels).filter((key) => Object.hasOwn(mine.labels ?? {}, key)),
    ];
    if (same[0] !== undefined) return `${same[0]} of ${service}`;
  }
  return undefined;
}

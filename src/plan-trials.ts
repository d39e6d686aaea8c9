import { exitCode, KnownError } from "./errors.ts";
import type { Act, FaultCall, TrialPlan } from "./plan.ts";
import { type Condition, comesLater, describeCondition } from "./scenario/conditions.ts";
import type { LoadedScenario } from "./scenario/load.ts";
import { unitsOf } from "./scenario/machine.ts";
import type { Overrides, Scenario } from "./scenario/schema.ts";
import { didYouMean } from "./scenario/suggest.ts";
import { type Duration, ms } from "./time.ts";

export interface Planning {
  /** Whether its controls are to be run. */
  readonly control: boolean;
  /** How many times it is tried; as often as the scenario says unless told. */
  readonly trials?: number | undefined;
  readonly overrides?: Overrides;
  readonly variant?: string;
}

/** Plans a scenario: first its trial, then those that repeat it, then one trial for each control. Pure; all defaults filled in. */
export function planTrials(
  loaded: LoadedScenario,
  { control, trials = loaded.scenario.trials, overrides = {}, variant }: Planning,
): TrialPlan[] {
  const { scenario } = loaded;
  refuseUnknown(overrides, loaded);
  const units = unitsOf(scenario);
  const name = variant === undefined ? scenario.name : `${scenario.name}/variant-${variant}`;

  const plan = (
    id: string,
    acts: Act[],
    changes: Overrides,
    switchedOff?: TrialPlan["control"],
    loses = false,
  ): TrialPlan => ({
    id,
    scenario: scenario.name,
    claim: scenario.claim,
    file: loaded.file,
    tags: scenario.tags,
    stack: {
      compose: loaded.compose,
      ...(scenario.stack.prometheus === undefined ? {} : { prometheus: scenario.stack.prometheus }),
      ...(scenario.stack.services === undefined ? {} : { services: scenario.stack.services }),
      overrides: merged(merged(scenario.stack.override ?? {}, overrides), changes),
      variables: scenario.stack.variables ?? {},
      shares: scenario.stack.shares,
    },
    steady: {
      for: scenario.steady.for,
      within: scenario.steady.within,
      conditions: withoutDuplicates([
        ...scenario.steady.conditions,
        ...acts.flatMap((it) => (it.goal === "recovery" ? it.recovery.when.filter((one) => !comesLater(one)) : [])),
      ]),
    },
    ...(switchedOff === undefined ? {} : { control: switchedOff }),
    ...(variant === undefined ? {} : { variant }),
    ...(scenario.ledger === undefined
      ? {}
      : { ledger: { ...scenario.ledger, ...(loses ? { lossExpected: true } : {}) } }),
    acts,
    ...(units.length > 0 ? { units } : {}),
    again: [],
    controls: [],
  });

  const count = new Map<string, number>();
  const controls = scenario.controls.map((it) => {
    const otherwise = it.without === undefined ? `given-${slugOf(it.given ?? "")}` : `without-${it.without}`;
    const called = `${it.of === "afterwards" ? "afterwards-" : ""}${otherwise}`;
    const nth = (count.get(called) ?? 0) + 1;
    count.set(called, nth);
    const id = `${name}/${called}${nth === 1 ? "" : `-${nth}`}`;
    const switchedOff = {
      ...(it.without === undefined ? {} : { without: it.without }),
      ...(it.given === undefined ? {} : { given: it.given }),
      ...(it.of === "afterwards" ? { of: it.of } : {}),
      ...(it.because === undefined ? {} : { because: it.because }),
      stop: it.stop ?? [],
      ...(it.disable === undefined ? {} : { disable: it.disable }),
    };
    return plan(id, controlActs(loaded, it), it.override ?? {}, switchedOff, it.expect === "data-lost");
  });
  const once = plan(name, trialActs(loaded), {});
  const again = Array.from({ length: trials - 1 }, (_, i) => ({ ...once, id: `${name}/trial-${i + 2}`, nth: i + 2 }));
  const trial = {
    ...once,
    again: again.map(({ id }) => id),
    controls: controls.map(({ id }) => id),
    ...(scenario.uncontrolled === undefined ? {} : { uncontrolled: scenario.uncontrolled }),
  };
  return [trial, ...again, ...(control ? controls : [])];
}

const slugOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

function trialActs(loaded: LoadedScenario): Act[] {
  const { scenario, afterwards } = loaded;
  const main: Act = { ...mainAct(loaded), expect: "recovered" };
  if (scenario.afterwards === undefined || afterwards === undefined) return [main];
  return [main, { ...actAfterwards(scenario.afterwards, afterwards), expect: "recovered" }];
}

function mainAct({ scenario, faults }: LoadedScenario): Omit<Act, "expect"> {
  const common = {
    id: "main",
    faults: faults.toSorted((a, b) => a.at - b.at),
    during: scenario.during.map(({ within, ...condition }) => ({ condition, within })),
    never: scenario.never,
  } as const;
  if (scenario.recovery) return { ...common, goal: "recovery", recovery: recoveryOf(scenario.recovery) };
  if (scenario.escalation) return { ...common, goal: "escalation", recovery: escalationOf(scenario.escalation) };
  if (scenario.holds) return { ...common, goal: "holds", recovery: holdsOf(scenario.holds) };
  throw new Error("the schema allows no scenario that claims nothing");
}

const actAfterwards = ({ recovery }: NonNullable<Scenario["afterwards"]>, fault: FaultCall): Omit<Act, "expect"> => ({
  id: "afterwards",
  goal: "recovery",
  faults: [fault],
  during: [],
  never: [],
  recovery: recoveryOf(recovery),
});

/**
 * What it is of, alone, with the healer off; where that can be switched on again, a second act in which it must heal. What may
 * never happen, and what must happen meanwhile, is the scenario's own claim: a control says only what is seen of the goal.
 */
function controlActs(loaded: LoadedScenario, control: Scenario["controls"][number]): Act[] {
  const claimed = controlledBy(control, loaded);
  const { recovery } = claimed;
  const alone: Omit<Act, "expect"> = { ...claimed, id: "main", during: [], never: [] };
  if (control.expect === "data-lost")
    return [{ ...alone, recovery: { ...recovery, corroboratedBy: [] }, expect: "recovered" }];
  if (control.expect === "recovered")
    return [
      {
        ...alone,
        recovery: {
          ...withoutLeast(recovery),
          healedBy: control.healedBy ?? recovery.healedBy,
          ...(control.notBefore === undefined ? {} : { notBefore: control.notBefore }),
          ...(control.watchedFor === undefined ? {} : { within: control.watchedFor, patience: control.watchedFor }),
          corroboratedBy: [],
        },
        expect: "recovered",
      },
    ];
  const main: Act = {
    ...alone,
    recovery: { ...recovery, patience: control.watchedFor ?? recovery.within, corroboratedBy: [] },
    expect: "never-recovered",
  };
  if (control.restored === undefined) return [main];
  const { within } = control.restored;
  const restored: Act = {
    ...alone,
    id: "restored",
    faults: [],
    recovery: {
      ...withoutLeast(recovery),
      within,
      patience: defaultPatience(within, recovery.stableFor),
      healedBy: control.without ?? recovery.healedBy,
      measuredFrom: "injection",
    },
    expect: "recovered",
  };
  return [main, restored];
}

/** The least time is a claim about the healer that is switched off. */
function withoutLeast({ notBefore: _, ...recovery }: Act["recovery"]): Act["recovery"] {
  return recovery;
}

function controlledBy({ of }: Scenario["controls"][number], loaded: LoadedScenario): Omit<Act, "expect"> {
  if (of === "main") return mainAct(loaded);
  const { scenario, afterwards } = loaded;
  if (!scenario.afterwards || !afterwards) throw new Error("the schema allows no control of an afterwards that is not");
  return actAfterwards(scenario.afterwards, afterwards);
}

function recoveryOf({
  within,
  patience,
  healedBy,
  of,
  inOrder,
  measuredFrom,
  notBefore,
  when,
  stableFor,
  corroboratedBy,
}: NonNullable<Scenario["recovery"]>): Act["recovery"] {
  return {
    within,
    patience: patience ?? defaultPatience(within, stableFor),
    healedBy,
    ...(of === undefined ? {} : { of }),
    inOrder,
    measuredFrom,
    ...(notBefore === undefined ? {} : { notBefore }),
    when,
    stableFor,
    corroboratedBy,
  };
}

/** Nobody heals, so nothing says so. */
const byNobody = { healedBy: "nobody", inOrder: false, measuredFrom: "injection" } as const;

const escalationOf = ({ within, patience, when, stableFor }: NonNullable<Scenario["escalation"]>): Act["recovery"] => ({
  ...byNobody,
  corroboratedBy: [],
  within,
  patience: patience ?? defaultPatience(within, stableFor),
  when,
  stableFor,
});

const holdsOf = ({ within, for: stableFor, when }: NonNullable<Scenario["holds"]>): Act["recovery"] => ({
  ...byNobody,
  corroboratedBy: [],
  within,
  patience: defaultPatience(within, stableFor),
  when,
  stableFor,
});

/** Twice the budget, and never less than it takes to see a recovery at the budget's end last. */
const defaultPatience = (within: Duration, stableFor: Duration) => ms(Math.max(2 * within, within + stableFor));

/** Two conditions that read alike are one. */
function withoutDuplicates(conditions: readonly Condition[]): Condition[] {
  const seen = new Map<string, Condition>();
  for (const it of conditions) if (!seen.has(describeCondition(it))) seen.set(describeCondition(it), it);
  return [...seen.values()];
}

/** What the control changes comes on top of what the variant changes. */
function merged(below: Overrides, above: Overrides): Overrides {
  const services = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    [...services].map((service) => {
      const [low, high] = [below[service], above[service]];
      const environment = { ...low?.environment, ...high?.environment };
      const labels = { ...low?.labels, ...high?.labels };
      return [
        service,
        {
          ...low,
          ...high,
          ...(Object.keys(environment).length === 0 ? {} : { environment }),
          ...(Object.keys(labels).length === 0 ? {} : { labels }),
        },
      ];
    }),
  );
}

function refuseUnknown(overrides: Overrides, { services, compose }: LoadedScenario): void {
  const unknown = Object.keys(overrides).find((it) => services !== undefined && !services.includes(it));
  if (unknown === undefined) return;
  throw new KnownError(
    "unknown-service",
    `no service ${JSON.stringify(unknown)} in ${compose}, so it cannot be changed there${didYouMean(unknown, services ?? [])}`,
    { exitCode: exitCode.usage, facts: { services: (services ?? []).join(", ") } },
  );
}

import { z } from "zod";
import { anyCondition, type Condition, plannedCorroboration } from "./scenario/conditions.ts";
import { healer, overrides } from "./scenario/schema.ts";
import { type Duration, ms } from "./time.ts";

/**
 * What one trial will do, all defaults filled in, as plain data: the first record of its journal.
 * A trial is a sequence of acts. The main act breaks something; `restored` switches a control's healer on again while
 * the main act's fault still lasts; `afterwards` breaks something else once the main act has recovered.
 */

const milliseconds = z
  .number()
  .nonnegative()
  .transform((it) => it as Duration);

const faultCall = z.strictObject({
  kind: z.string(),
  params: z.record(z.string(), z.unknown()),
  /** When it is injected, counted from the act's first. */
  at: milliseconds,
  /** After this time it is undone; at the end of the trial where absent. */
  for: milliseconds.optional(),
});
export type FaultCall = z.output<typeof faultCall>;

const actNow = z.strictObject({
  id: z.enum(["main", "restored", "afterwards"]),
  /**
   * What `recovery` means. `recovery`: the conditions hold before the fault, and again. `escalation` and `holds`: they come true
   * after the fault (and hold for `stableFor`), nobody heals, and nothing is touched through the engine.
   */
  goal: z.enum(["recovery", "escalation", "holds"]),
  /** In the order of their times. None in `restored`: the main act's faults still last, and the origin is the healer's return. */
  faults: z.array(faultCall),
  /** Each must become true while the faults last, within a time counted from the injection: what was so before does not count. */
  during: z.array(z.strictObject({ condition: anyCondition, within: milliseconds })),
  /** None may be true at any moment from the injection on. */
  never: z.array(anyCondition),
  recovery: z.strictObject({
    within: milliseconds,
    patience: milliseconds,
    healedBy: z.union([healer, z.literal("nobody")]),
    /** The services that are healed; the first fault's unless told. */
    of: z.array(z.string()).optional(),
    /** They are started again in the order of `of`. */
    inOrder: z.boolean().default(false),
    measuredFrom: z.enum(["injection", "fault-end"]).default("injection"),
    /** An earlier recovery is not what is expected. */
    notBefore: milliseconds.optional(),
    when: z.array(anyCondition),
    stableFor: milliseconds,
    corroboratedBy: z.array(plannedCorroboration),
  }),
  expect: z.enum(["recovered", "never-recovered"]),
});
export type Act = z.output<typeof actNow>;

/** Journals of version 1 have acts with one fault or none, and know no other goal than recovery. */
const actOfVersion1 = z
  .strictObject({
    id: actNow.shape.id,
    fault: z.strictObject({ kind: z.string(), params: z.record(z.string(), z.unknown()) }).optional(),
    recovery: actNow.shape.recovery,
    expect: actNow.shape.expect,
  })
  .transform(
    ({ fault, ...it }): Act => ({
      ...it,
      goal: "recovery",
      faults: fault ? [{ ...fault, at: ms(0) }] : [],
      during: [],
      never: [],
    }),
  );
const act = z.union([actNow, actOfVersion1]);

export const trialPlan = z.strictObject({
  /** Unique in a run: `app-crash`, `app-crash/without-restart-policy`, `watchdog-crash/afterwards-without-watchdog`. */
  id: z.string(),
  scenario: z.string(),
  claim: z.string(),
  file: z.string(),
  tags: z.array(z.string()),
  stack: z.strictObject({
    compose: z.string(),
    prometheus: z.string().optional(),
    services: z.array(z.string()).optional(),
    overrides,
    /** What the Compose file is read with. */
    variables: z.record(z.string(), z.string()).default({}),
    /** What of it may reach outside of it, by name. */
    shares: z.array(z.string()).default([]),
  }),
  steady: z.strictObject({ for: milliseconds, within: milliseconds, conditions: z.array(anyCondition) }),
  control: z
    .strictObject({
      without: healer.optional(),
      /** In its place, where it is no healer that is switched off: what is otherwise. */
      given: z.string().optional(),
      /** Its main act is then what the scenario breaks afterwards; absent, it is what the scenario breaks. */
      of: z.literal("afterwards").optional(),
      because: z.string().optional(),
      /** Stopped once the stack is up, before the steady state is checked. */
      stop: z.array(z.string()),
      /** Disabled then: units of the lab's machine itself. */
      disable: z.array(z.string()).min(1).optional(),
    })
    .optional(),
  /** A deliberately broken stack, by name: used to show that healproof notices. */
  variant: z.string().optional(),
  /** The program that remembers what was acknowledged, and how it is asked whether all of that is still there. */
  ledger: z
    .strictObject({
      service: z.string(),
      check: z.array(z.string()).min(1),
      within: milliseconds,
      /** Of a control that shows that the ledger can say so: something acknowledged must be missing afterwards. */
      lossExpected: z.literal(true).optional(),
    })
    .optional(),
  acts: z.array(act).min(1),
  /** The units of the lab's machine itself that are looked at: what `machine` means where it is to be healed. */
  units: z.array(z.string()).min(1).optional(),
  /** So many times slower than the machine that its budgets were for is the one that it runs on: they are so much longer here. */
  slowedBy: z.number().positive().optional(),
  /** Of a trial that repeats the scenario's first: which one it is. */
  nth: z.int().min(2).optional(),
  /** Of a scenario's first trial: the ids of those that repeat it, and of its controls. All must have been run, or nothing is proven. */
  again: z.array(z.string()).default([]),
  controls: z.array(z.string()),
  /** Of a scenario's first trial: why there can be no control, where there is none, or none for each healer. */
  uncontrolled: z.string().optional(),
});
export type TrialPlan = z.output<typeof trialPlan>;

/** Every condition that a plan looks at, as often as it stands there. */
export function conditionsOf({ steady, acts }: Pick<TrialPlan, "steady" | "acts">): Condition[] {
  return [
    ...steady.conditions,
    ...acts.flatMap(({ recovery, during, never }) => [...recovery.when, ...during.map((it) => it.condition), ...never]),
  ];
}

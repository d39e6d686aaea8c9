import { z } from "zod";
import { condition, corroboration } from "./scenario/conditions.ts";
import { healer, overrides } from "./scenario/schema.ts";
import type { Duration } from "./time.ts";

/**
 * What one trial will do, all defaults filled in, as plain data: the first record of its journal.
 * A trial is a sequence of acts. The main act breaks something; `restored` switches a control's healer on again while
 * the main act's fault still lasts; `afterwards` breaks something else once the main act has recovered.
 */

const milliseconds = z
  .number()
  .nonnegative()
  .transform((it) => it as Duration);
/** In a plan durations are numbers (ms) already; the conditions' own schemas read the scenario's text. */
const plannedCorroboration = corroboration.extend({ within: milliseconds });

const faultCall = z.strictObject({ kind: z.string(), params: z.record(z.string(), z.unknown()) });

export const act = z.strictObject({
  id: z.enum(["main", "restored", "afterwards"]),
  /** Absent in `restored`: the main act's fault still lasts, and the origin is the healer's return. */
  fault: faultCall.optional(),
  recovery: z.strictObject({
    within: milliseconds,
    patience: milliseconds,
    healedBy: healer,
    when: z.array(condition),
    stableFor: milliseconds,
    corroboratedBy: z.array(plannedCorroboration),
  }),
  expect: z.enum(["recovered", "never-recovered"]),
});
export type Act = z.output<typeof act>;

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
    /** What of it may reach outside of it, by name. */
    shares: z.array(z.string()).default([]),
  }),
  steady: z.strictObject({ for: milliseconds, within: milliseconds, conditions: z.array(condition) }),
  control: z
    .strictObject({
      without: healer,
      /** Its main act is then what the scenario breaks afterwards; absent, it is what the scenario breaks. */
      of: z.literal("afterwards").optional(),
      because: z.string().optional(),
      /** Stopped once the stack is up, before the steady state is checked. */
      stop: z.array(z.string()),
    })
    .optional(),
  /** A deliberately broken stack, by name: used to show that healproof notices. */
  variant: z.string().optional(),
  /** The program that remembers what was acknowledged, and how it is asked whether all of that is still there. */
  ledger: z.strictObject({ service: z.string(), check: z.array(z.string()).min(1), within: milliseconds }).optional(),
  acts: z.array(act).min(1),
  /** Of a scenario's trial: the ids of its controls. All must have been run, or nothing is proven. */
  controls: z.array(z.string()),
});
export type TrialPlan = z.output<typeof trialPlan>;

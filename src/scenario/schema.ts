import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { duration, seconds } from "../time.ts";
import { condition, corroboration } from "./conditions.ts";

/**
 * The language of a scenario file: one claim, "service S recovers from fault F within budget B, healed by H".
 * Unknown keys are errors. The exported JSON Schema (schema/scenario.schema.json) is made from this.
 */

export const healers = ["restart-policy", "watchdog", "systemd", "application", "orchestrator"] as const;
export const healer = z.enum(healers).meta({ description: "What brought the service back" });
export type Healer = z.output<typeof healer>;

const serviceName = z.string().regex(/^[a-zA-Z0-9._-]+$/, "the name of a service in the Compose file");

/** What a control or a variant changes in one service of the Compose file. */
export const serviceOverride = z.strictObject({
  restart: z.enum(["no", "always", "on-failure", "unless-stopped"]).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).min(1).optional(),
  image: z.string().optional(),
});
export const overrides = z.record(serviceName, serviceOverride);
export type Overrides = z.output<typeof overrides>;

const recoveryBase = {
  within: duration.meta({ description: "The budget: the recovery time's upper end may not exceed it" }),
  healedBy: healer,
  patience: duration
    .optional()
    .meta({ description: "How long to wait before saying never-recovered; twice the budget unless told" }),
};

const recovery = z.strictObject({
  ...recoveryBase,
  measuredFrom: z.literal("injection").default("injection"),
  when: z
    .array(condition)
    .min(1)
    .meta({ description: "All must hold, and keep holding; these give the recovery time" }),
  stableFor: duration.default(seconds(3)),
  corroboratedBy: z
    .array(corroboration)
    .default([])
    .meta({ description: "These must agree, and may come later; they never move the recovery time" }),
});

const control = z
  .strictObject({
    without: healer.meta({ description: "The healer that is switched off" }),
    because: z.string().optional().meta({ description: "What this control shows, as the report should say it" }),
    stop: z.array(serviceName).min(1).optional().meta({ description: "Switched off by stopping these services" }),
    override: overrides.optional().meta({ description: "Switched off by changing these services of the Compose file" }),
    expect: z.literal("never-recovered"),
    watchedFor: duration
      .optional()
      .meta({ description: "How long the service must stay down; the recovery's budget unless told" }),
    restored: z
      .strictObject({ within: duration })
      .optional()
      .meta({ description: "The healer is then switched on again in the same trial, and must heal within this time" }),
  })
  .refine((it) => it.stop !== undefined || it.override !== undefined, {
    message: "a control says how its healer is switched off: stop or override",
  })
  .refine((it) => it.restored === undefined || it.stop !== undefined, {
    message: "restored: only what was stopped can be switched on again in the same trial",
    path: ["restored"],
  });

/** The schema for a given set of faults (the built-in ones and a user's own). */
export function scenarioSchema(faults: readonly AnyFault[]) {
  const [first, ...others] = faults.map((it) =>
    z.strictObject({ [it.kind]: it.params }).meta({ description: it.summary }),
  );
  if (!first) throw new Error("a scenario schema needs at least one fault");
  const fault = z.union([first, ...others]).meta({ description: "What is broken: one fault with its parameters" });

  return z
    .strictObject({
      name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens"),
      claim: z.string().min(10).meta({ description: "The claim in one sentence, as the report states it" }),
      tags: z.array(z.string()).default([]),
      stack: z.strictObject({
        compose: z.string().meta({ description: "The Compose file, relative to this scenario" }),
        prometheus: z
          .string()
          .regex(httpOrigin, "an address inside the stack's network, such as http://prometheus:9090")
          .optional()
          .meta({ description: "Needed where a condition names a metric or a counter" }),
        services: z
          .array(serviceName)
          .min(1)
          .optional()
          .meta({ description: "Only these, and what they depend on, are started; all unless told" }),
      }),
      steady: z
        .strictObject({
          for: duration.default(seconds(2)),
          within: duration.default(seconds(30)),
          conditions: z.array(condition).default([]),
        })
        .prefault({})
        .meta({ description: "What must hold before the fault, besides the recovery's own conditions" }),
      fault,
      recovery,
      afterwards: z.strictObject({ fault, recovery }).optional().meta({
        description: "A second fault in the same trial, after the first recovery: does the healer still heal?",
      }),
      controls: z.array(control).default([]),
      uncontrolled: z.string().min(10).optional().meta({ description: "Why there can be no control" }),
    })
    .refine((it) => it.controls.length > 0 || it.uncontrolled !== undefined, {
      message: "a scenario needs a control for the healer that it names, or `uncontrolled` says why there can be none",
      path: ["controls"],
    });
}

const httpOrigin = /^https?:\/\/[^\s/:]+(:\d+)?$/;

export type Scenario = z.output<ReturnType<typeof scenarioSchema>>;

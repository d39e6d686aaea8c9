import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { formatDuration, ms, seconds } from "../time.ts";
import { condition, corroboration } from "./conditions.ts";
import { lasting } from "./lasting.ts";

/**
 * The language of a scenario file: one claim, "service S recovers from fault F within budget B, healed by H".
 * Unknown keys are errors. The exported JSON Schema (schema/scenario.schema.json) is made from this.
 */

export const healers = ["restart-policy", "watchdog", "systemd", "application", "orchestrator"] as const;
export const healer = z.enum(healers).meta({ description: "What brought the service back" });
export type Healer = z.output<typeof healer>;

const serviceName = z.string().regex(/^[a-zA-Z0-9._-]+$/, "the name of a service in the Compose file");
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");

/** What a control or a variant changes in one service of the Compose file. */
const serviceOverride = z
  .strictObject({
    restart: z.enum(["no", "always", "on-failure", "unless-stopped"]).optional(),
    environment: z.record(z.string(), z.string()).optional(),
    command: z.array(z.string()).min(1).optional(),
    image: z.string().optional(),
  })
  .refine((it) => Object.keys(it).length > 0, { message: "an override that changes nothing" })
  .meta({ minProperties: 1 });
export const overrides = z.record(serviceName, serviceOverride);
export type Overrides = z.output<typeof overrides>;

const recovery = z
  .strictObject({
    within: lasting.meta({ description: "The budget: the recovery time's upper end may not exceed it" }),
    healedBy: healer,
    patience: lasting.optional().meta({
      description: "How long to wait before saying never-recovered, from the injection; twice the budget unless told",
    }),
    measuredFrom: z.literal("injection").default("injection").meta({ description: "Where the recovery time begins" }),
    when: z
      .array(condition)
      .min(1)
      .meta({ description: "All must hold, and keep holding; these give the recovery time" }),
    stableFor: lasting
      .default(seconds(3))
      .meta({ description: "How long all must keep holding before it counts as recovered; 3s unless told" }),
    corroboratedBy: z
      .array(corroboration)
      .default([])
      .meta({ description: "These must agree, and may come later; they never move the recovery time" }),
  })
  .superRefine(({ within, stableFor, patience }, context) => {
    const least = ms(within + stableFor);
    if (patience !== undefined && patience < least)
      context.addIssue({
        code: "custom",
        path: ["patience"],
        message: `patience must be at least within + stableFor (${formatDuration(least)}), or a recovery at the end of the budget could not be seen to last`,
      });
  })
  .meta({ description: "When the stack counts as recovered, by whom, and how soon" });

/** What a control is of: the fault and recovery at the top of the scenario, or those of its `afterwards`. */
export const controlled = z.enum(["main", "afterwards"]);
export type Controlled = z.output<typeof controlled>;

const control = z
  .strictObject({
    without: healer.meta({ description: "The healer that is switched off" }),
    of: controlled.default("main").meta({
      description:
        "What is tried with the healer switched off: the scenario's own fault, or that of afterwards, alone in a trial; main unless told",
    }),
    because: z.string().optional().meta({ description: "What this control shows, as the report should say it" }),
    stop: z.array(serviceName).min(1).optional().meta({ description: "Switched off by stopping these services" }),
    override: overrides
      .refine((it) => Object.keys(it).length > 0, { message: "an override that changes nothing" })
      .optional()
      .meta({ description: "Switched off by changing these services of the Compose file", minProperties: 1 }),
    expect: z.literal("never-recovered").meta({ description: "What must then be seen" }),
    watchedFor: lasting
      .optional()
      .meta({ description: "How long the service must stay down; the budget of what it is of unless told" }),
    restored: z
      .strictObject({ within: lasting.meta({ description: "The budget, from the moment the healer is back" }) })
      .optional()
      .meta({ description: "The healer is then switched on again in the same trial, and must heal within this time" }),
  })
  .refine((it) => it.stop !== undefined || it.override !== undefined, {
    message: "a control says how its healer is switched off: stop or override",
  })
  .refine((it) => it.restored === undefined || (it.stop !== undefined && it.override === undefined), {
    message: "only what was stopped can be switched on again in the same trial: restored goes with stop, not override",
    path: ["restored"],
  })
  .meta({ anyOf: [{ required: ["stop"] }, { required: ["override"] }] });

const httpOrigin = /^http:\/\/[^\s/:]+(:\d+)?$/;

const stack = z.strictObject({
  compose: z.string().min(1).meta({ description: "The Compose file, relative to this scenario" }),
  prometheus: z
    .string()
    .regex(httpOrigin, "an address inside the stack's network without TLS, such as http://prometheus:9090")
    .optional()
    .meta({ description: "Needed where a condition names a metric or a counter" }),
  services: z
    .array(serviceName)
    .min(1)
    .optional()
    .meta({ description: "Only these, and what they depend on, are started; all unless told" }),
  shares: z.array(z.string().min(1)).default([]).meta({
    description:
      "What may reach outside the stack, by the name that the refusal gives it: /var/run/docker.sock, bind ./data, external network proxy, external volume seed, volume data, device /dev/fuse, privileged, network_mode host. Nothing unless told",
  }),
});

const ledger = z
  .strictObject({
    service: serviceName.meta({
      description: "The service that places operations throughout and remembers what was acknowledged",
    }),
    check: z.array(z.string()).min(1).meta({
      description:
        "The command in its container that compares its record with the data store: exit code 0 all there, 1 lost or doubled, 2 could not be checked; findings as JSON on standard output",
    }),
    within: lasting.default(seconds(30)).meta({ description: "How long the check may take; 30s unless told" }),
  })
  .meta({ description: "Nothing that was acknowledged may be lost: a recovery that lost data is none" });

const steady = z
  .strictObject({
    for: lasting.default(seconds(2)).meta({ description: "How long all must hold; 2s unless told" }),
    within: lasting.default(seconds(30)).meta({ description: "How long to wait for that; 30s unless told" }),
    conditions: z.array(condition).default([]),
  })
  .refine((it) => it.for <= it.within, {
    message: "the steady state cannot hold for longer than there is time for it (within)",
    path: ["for"],
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
      name: slug.max(60).meta({ description: "Unique among all scenarios: lower-case words joined by hyphens" }),
      claim: z.string().min(10).meta({ description: "The claim in one sentence, as the report states it" }),
      tags: z.array(slug).default([]).meta({ description: "Groups of scenarios: healproof run TAG" }),
      stack: stack.meta({ description: "The system under test" }),
      steady: steady
        .prefault({})
        .meta({ description: "What must hold before the fault, besides the recovery's own conditions" }),
      fault,
      recovery,
      afterwards: z.strictObject({ fault, recovery }).optional().meta({
        description: "A second fault in the same trial, after the first recovery: does the healer still heal?",
      }),
      ledger: ledger.optional(),
      controls: z.array(control).default([]).meta({
        description:
          "The same trial with a healer switched off, one for each healer that is named: it must then not recover",
      }),
      uncontrolled: z.string().min(10).optional().meta({ description: "Why there can be no control" }),
    })
    .superRefine(({ recovery, afterwards, controls, uncontrolled }, context) => {
      const refuse = (path: (string | number)[], message: string) =>
        context.addIssue({ code: "custom", path, message });
      const isMissing = (of: Controlled, { healedBy }: { healedBy: Healer }) =>
        uncontrolled === undefined && !controls.some((it) => it.of === of && it.without === healedBy);
      if (isMissing("main", recovery))
        refuse(
          ["controls"],
          `a scenario healed by ${recovery.healedBy} needs a control without ${recovery.healedBy}; or \`uncontrolled\` says why there can be none`,
        );
      if (afterwards && isMissing("afterwards", afterwards.recovery)) {
        const { healedBy } = afterwards.recovery;
        refuse(
          ["afterwards", "recovery", "healedBy"],
          `a scenario healed by ${healedBy} afterwards needs a control without ${healedBy}, of: afterwards; or \`uncontrolled\` says why there can be none`,
        );
      }
      controls.forEach(({ of, watchedFor }, index) => {
        const budget = (of === "main" ? recovery : afterwards?.recovery)?.within;
        if (budget === undefined)
          refuse(["controls", index, "of"], "there is no afterwards in this scenario that it could be a control of");
        else if (watchedFor !== undefined && watchedFor < budget)
          refuse(
            ["controls", index, "watchedFor"],
            `a control watched for less than the budget (${formatDuration(budget)}) shows nothing: the healer itself may take that long`,
          );
      });
    })
    .meta({ title: "A healproof scenario", anyOf: [{ required: ["controls"] }, { required: ["uncontrolled"] }] });
}

export type Scenario = z.output<ReturnType<typeof scenarioSchema>>;

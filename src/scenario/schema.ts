import { z } from "zod";
import type { AnyFault } from "../fault/define.ts";
import { mostTrials } from "../most-trials.ts";
import { duration, formatDuration, ms, seconds } from "../time.ts";
import { anyCondition, condition, corroboration, timedCondition } from "./conditions.ts";
import { filePath } from "./file-path.ts";
import { lasting } from "./lasting.ts";
import { overlappingLimits } from "./lowered-limits.ts";
import { machineMisfits } from "./machine.ts";
import { misfits } from "./misfits.ts";
import { unpermitted } from "./permits.ts";

/**
 * The language of a scenario file: one claim, "service S recovers from fault F within budget B, healed by H".
 * Unknown keys are errors. The exported JSON Schema (schema/scenario.schema.json) is made from this.
 */

export const healers = ["restart-policy", "watchdog", "systemd", "application", "orchestrator"] as const;
export const healer = z.enum(healers).meta({ description: "What brought the service back" });
export type Healer = z.output<typeof healer>;

const unitName = z.string().regex(/^\w[\w@:.-]*\.\w+$/, "the full name of a unit, such as tapo-exporter.service");
const serviceName = z.string().regex(/^[a-zA-Z0-9._-]+$/, "the name of a service in the Compose file");
export const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");

/** What a control or a variant changes in one service of the Compose file. */
const serviceOverride = z
  .strictObject({
    restart: z.enum(["no", "always", "on-failure", "unless-stopped"]).optional(),
    environment: z.record(z.string(), z.string()).optional(),
    command: z.array(z.string()).min(1).optional(),
    image: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    logging: z
      .strictObject({ driver: z.string(), options: z.record(z.string(), z.string()).default({}) })
      .optional()
      .meta({ description: "How the engine keeps its log, in place of what the Compose file says" }),
  })
  .refine((it) => Object.keys(it).length > 0, { message: "an override that changes nothing" })
  .meta({ minProperties: 1 });
export const overrides = z.record(serviceName, serviceOverride);
export type Overrides = z.output<typeof overrides>;

const recovery = z
  .strictObject({
    within: lasting.meta({ description: "The budget: the recovery time's upper end may not exceed it" }),
    healedBy: healer,
    notBefore: lasting
      .optional()
      .meta({ description: "An earlier recovery is not what is claimed, as where a delay is configured" }),
    patience: lasting.optional().meta({
      description: "How long to wait before saying never-recovered, from the injection; twice the budget unless told",
    }),
    of: z.array(serviceName).min(1).optional().meta({
      description: "The services that are healed, as far as who healed them goes; what the faults break unless told",
    }),
    inOrder: z
      .boolean()
      .default(false)
      .meta({ description: "Those of `of` are started again in this order, the first first; false unless told" }),
    measuredFrom: z.enum(["injection", "fault-end"]).default("injection").meta({
      description:
        "Where the recovery time begins: with the (first) fault, or when the time (`for`) of the last one is over",
    }),
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
  .superRefine(({ within, stableFor, patience, of, inOrder, notBefore }, context) => {
    if (notBefore !== undefined && notBefore >= within)
      context.addIssue({
        code: "custom",
        path: ["notBefore"],
        message: "no time is left between it and the budget (within)",
      });
    if (inOrder && (of?.length ?? 0) < 2)
      context.addIssue({ code: "custom", path: ["inOrder"], message: "an order needs two services or more in `of`" });
    const least = ms(within + stableFor);
    if (patience !== undefined && patience < least)
      context.addIssue({
        code: "custom",
        path: ["patience"],
        message: `patience must be at least within + stableFor (${formatDuration(least)}), or a recovery at the end of the budget could not be seen to last`,
      });
  })
  .meta({ description: "When the stack counts as recovered, by whom, and how soon" });

const escalation = z
  .strictObject({
    within: lasting.meta({ description: "The budget: all must have come by then" }),
    when: z
      .array(condition)
      .min(1)
      .meta({ description: "What tells that a person was called, such as a message; not true before" }),
    patience: lasting
      .optional()
      .meta({ description: "How long to wait before saying never-escalated; twice the budget unless told" }),
    stableFor: lasting.default(seconds(3)).meta({
      description: "How long to look on after that: nothing may be touched through the engine; 3s unless told",
    }),
  })
  .meta({ description: "Nobody heals it, and nothing is touched: the expected outcome is that a person is called" });

const holds = z
  .strictObject({
    for: lasting.meta({ description: "How long all must keep holding" }),
    within: lasting.default(seconds(5)).meta({ description: "By when they must have come true; 5s unless told" }),
    when: z.array(condition).min(1),
  })
  .meta({ description: "Nobody acts: what the fault did stays so, and nothing is touched through the engine" });

/** What a control is of: the fault and recovery at the top of the scenario, or those of its `afterwards`. */
export const controlled = z.enum(["main", "afterwards"]);
export type Controlled = z.output<typeof controlled>;

const control = z
  .strictObject({
    without: healer.optional().meta({ description: "The healer that is switched off" }),
    given: z.string().min(3).max(60).optional().meta({
      description:
        "What is otherwise here, in a few words, where it is no healer that is switched off: redis carries the label",
    }),
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
    disable: z.array(unitName).min(1).optional().meta({
      description:
        "Switched off by disabling these units of the lab's machine itself, which are then not started at boot",
    }),
    expect: z.enum(["never-recovered", "recovered", "never-escalated", "never-held", "data-lost"]).meta({
      description:
        "What must then be seen. `recovered`: another healer does it all the same, and `healedBy` says which; perhaps `notBefore`. `data-lost`: it recovers as claimed, and the ledger says what it lost",
    }),
    healedBy: healer.optional().meta({ description: "Who heals it then: goes with expect: recovered" }),
    notBefore: lasting.optional().meta({ description: "It takes at least so long then: goes with expect: recovered" }),
    watchedFor: lasting
      .optional()
      .meta({ description: "How long the service must stay down; the budget of what it is of unless told" }),
    restored: z
      .strictObject({ within: lasting.meta({ description: "The budget, from the moment the healer is back" }) })
      .optional()
      .meta({ description: "The healer is then switched on again in the same trial, and must heal within this time" }),
  })
  .refine((it) => (it.without === undefined) !== (it.given === undefined), {
    message: "a control says either which healer is switched off (without) or what is otherwise (given)",
  })
  .refine((it) => it.expect !== "data-lost" || it.given !== undefined, {
    message: "it is no healer that keeps data: data-lost goes with given, which says what is otherwise",
    path: ["expect"],
  })
  .refine((it) => it.restored === undefined || it.without !== undefined, {
    message: "only a healer can be switched on again: restored goes with without",
    path: ["restored"],
  })
  .refine((it) => it.stop !== undefined || it.override !== undefined || it.disable !== undefined, {
    message: "a control says how its healer is switched off: stop, override or disable",
  })
  .refine((it) => it.stop === undefined || it.disable === undefined, {
    message: "stop and disable do not go together: a control is of one healer",
    path: ["disable"],
  })
  .refine((it) => (it.expect === "recovered") === (it.healedBy !== undefined), {
    message: "recovered goes with healedBy, and only that does: who heals it without the healer that is switched off",
    path: ["expect"],
  })
  .refine((it) => it.healedBy === undefined || it.healedBy !== it.without, {
    message: "what is switched off cannot be what heals: healedBy is another healer than without",
    path: ["healedBy"],
  })
  .refine((it) => it.notBefore === undefined || it.expect === "recovered", {
    message: "it goes with expect: recovered",
    path: ["notBefore"],
  })
  .refine((it) => it.restored === undefined || (it.stop !== undefined && it.override === undefined), {
    message: "only what was stopped can be switched on again in the same trial: restored goes with stop, not override",
    path: ["restored"],
  })
  .meta({ anyOf: [{ required: ["stop"] }, { required: ["override"] }, { required: ["disable"] }] });

const httpOrigin = /^http:\/\/[^\s/:]+(:\d+)?$/;

const stack = z.strictObject({
  compose: filePath("The Compose file, relative to the file in which this is written"),
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
  override: overrides
    .optional()
    .meta({ description: "Changes to services of the Compose file, for all trials of this scenario" }),
  variables: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of a variable"), z.string())
    .optional()
    .meta({ description: "Variables that the Compose file is read with, before those of its own .env" }),
  shares: z.array(z.string().min(1)).default([]).meta({
    description:
      "What may reach outside the stack, by the name that the refusal gives it: /var/run/docker.sock, bind ./data, external network proxy, external volume seed, volume data, device /dev/fuse, privileged, network_mode host, host commands (of a fault). Nothing unless told",
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

const at = duration.optional().meta({ description: "When it is injected, counted from the first; 0s unless told" });
const lastsFor = lasting
  .optional()
  .meta({ description: "After this time it is undone; at the end of the trial unless told" });

/** A choice among faults: one key, the kind, with its parameters; and what the engine adds to them. */
function faultChoice(faults: readonly AnyFault[], inList: boolean) {
  const [first, ...others] = faults.map((it) => {
    const params = it.params.safeExtend({ ...(it.lasts ? { for: lastsFor } : {}), ...(inList ? { at } : {}) });
    return z.strictObject({ [it.kind]: params }).meta({ description: it.summary });
  });
  if (!first) throw new Error("a scenario schema needs at least one fault");
  return z.union([first, ...others]);
}

/** What a scenario claims of its faults. */
const goals = ["recovery", "escalation", "holds"] as const;
export type Goal = (typeof goals)[number];

/** The schema for a given set of faults (the built-in ones and a user's own). */
export function scenarioSchema(faults: readonly AnyFault[]) {
  const fault = faultChoice(faults, false).meta({ description: "What is broken: one fault with its parameters" });
  const several = z
    .array(faultChoice(faults, true))
    .min(2)
    .meta({ description: "Several faults, one after the other or at once: each says when by `at`" });

  return z
    .strictObject({
      name: slug.max(60).meta({ description: "Unique among all scenarios: lower-case words joined by hyphens" }),
      claim: z.string().min(10).meta({ description: "The claim in one sentence, as the report states it" }),
      tags: z.array(slug).default([]).meta({ description: "Groups of scenarios: healproof run TAG" }),
      stack: stack.meta({ description: "The system under test" }),
      steady: steady
        .prefault({})
        .meta({ description: "What must hold before the fault, besides the recovery's own conditions" }),
      fault: fault.optional(),
      faults: several.optional(),
      during: z
        .array(timedCondition)
        .default([])
        .meta({ description: "Each must become true within its own time, while the fault lasts" }),
      never: z.array(anyCondition).default([]).meta({
        description: "None may be true at any moment from the injection to the end; a gap in what is seen is no pass",
      }),
      recovery: recovery.optional(),
      escalation: escalation.optional(),
      holds: holds.optional(),
      afterwards: z.strictObject({ fault, recovery }).optional().meta({
        description: "A second fault in the same trial, after the first recovery: does the healer still heal?",
      }),
      ledger: ledger.optional(),
      trials: z.int().min(1).max(mostTrials).default(1).meta({
        description: "How many times it is tried, each on a stack of its own: all must recover; 1 unless told",
      }),
      controls: z.array(control).default([]).meta({
        description:
          "The same trial with a healer switched off, one for each healer that is named: it must then not recover",
      }),
      uncontrolled: z.string().min(10).optional().meta({ description: "Why there can be no control" }),
    })
    .superRefine((scenario, context) => {
      for (const { path, message } of [
        ...misfits(scenario),
        ...unpermitted(scenario, faults),
        ...overlappingLimits(scenario, faults),
        ...machineMisfits(scenario, faults),
      ])
        context.addIssue({ code: "custom", path: [...path], message });
    })
    .meta({
      title: "A healproof scenario",
      allOf: [
        { oneOf: [{ required: ["fault"] }, { required: ["faults"] }] },
        { oneOf: goals.map((it) => ({ required: [it] })) },
        { anyOf: [{ required: ["controls"] }, { required: ["uncontrolled"] }] },
      ],
    });
}

const part = z.unknown().refine((it) => typeof it === "string" || (typeof it === "object" && it !== null), {
  message: "wanted a mapping, a list of them, or the name of another part",
});
const parts = z.record(slug, part).meta({
  description:
    "What is named here (a condition, a list of them, of corroborations …) is used by writing its name where such an item stands in a list",
});

/** The schema of a scenario's file. What `parts` holds is checked where it is used. */
export function scenarioFileSchema(faults: readonly AnyFault[]) {
  return scenarioSchema(faults).safeExtend({ parts: parts.optional() });
}

export type Scenario = z.output<ReturnType<typeof scenarioSchema>>;

import { formatDuration } from "../time.ts";
import type { Healer, Scenario } from "./schema.ts";
import { writtenFaults } from "./written-faults.ts";

/** What a scenario's parts say that does not fit together. The schema itself asks; what needs the Compose file is in check.ts. */

interface Misfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Control = Scenario["controls"][number];

export function misfits(scenario: Scenario): Misfit[] {
  return [...choices(scenario), ...timing(scenario), ...missingControls(scenario), ...unfitControls(scenario)];
}

function choices({ fault, faults, recovery, escalation, holds, afterwards }: Scenario): Misfit[] {
  const found: Misfit[] = [];
  if (fault === undefined && faults === undefined)
    found.push({
      path: [],
      message: 'missing key "fault" in a scenario: what is broken (or `faults`, several of them)',
    });
  if (fault !== undefined && faults !== undefined)
    found.push({ path: ["faults"], message: "`fault` is one, `faults` are several: not both" });
  const goals = Object.entries({ recovery, escalation, holds }).flatMap(([key, it]) => (it === undefined ? [] : [key]));
  if (goals.length === 0)
    found.push({
      path: [],
      message:
        'missing key "recovery" in a scenario: when it counts as recovered, by whom and how soon (or `escalation`: a person is called; or `holds`: it stays so)',
    });
  if (goals[1] !== undefined)
    found.push({
      path: [goals[1]],
      message: `a scenario claims one thing: \`${goals[0]}\` and \`${goals[1]}\` do not go together`,
    });
  if (afterwards && !recovery && goals.length > 0)
    found.push({ path: ["afterwards"], message: "`afterwards` follows a recovery, and there is none here" });
  return found;
}

function timing(scenario: Scenario): Misfit[] {
  if (scenario.recovery?.measuredFrom !== "fault-end") return [];
  const faults = writtenFaults(scenario);
  if (faults.length === 0 || faults.some((it) => it.for !== undefined)) return [];
  const first = faults[0]?.path ?? [];
  return [
    {
      path: ["recovery", "measuredFrom"],
      message: `fault-end needs a fault that ends: give \`${first.join(".")}\` a time (for: 15s)`,
    },
  ];
}

/** One control for each healer that is named, or a reason why there can be none. */
function missingControls({ recovery, escalation, holds, afterwards, controls, uncontrolled }: Scenario): Misfit[] {
  if (uncontrolled !== undefined) return [];
  const isMissing = (of: Control["of"], healedBy: Healer) =>
    !controls.some((it) => it.of === of && it.without === healedBy);
  const found: Misfit[] = [];
  if (recovery && isMissing("main", recovery.healedBy))
    found.push({
      path: ["controls"],
      message: `a scenario healed by ${recovery.healedBy} needs a control without ${recovery.healedBy}; or \`uncontrolled\` says why there can be none`,
    });
  if ((escalation || holds) && !controls.some((it) => it.of === "main"))
    found.push({
      path: ["controls"],
      message:
        "a scenario needs a control, in which what it claims must not be seen; or `uncontrolled` says why there can be none",
    });
  if (afterwards && isMissing("afterwards", afterwards.recovery.healedBy)) {
    const { healedBy } = afterwards.recovery;
    found.push({
      path: ["afterwards", "recovery", "healedBy"],
      message: `a scenario healed by ${healedBy} afterwards needs a control without ${healedBy}, of: afterwards; or \`uncontrolled\` says why there can be none`,
    });
  }
  return found;
}

function unfitControls({ recovery, escalation, holds, afterwards, controls, ledger }: Scenario): Misfit[] {
  return controls.flatMap(({ of, watchedFor, expect, restored }, index): Misfit[] => {
    const path = ["controls", index];
    if (of === "afterwards" && !afterwards)
      return [
        { path: [...path, "of"], message: "there is no afterwards in this scenario that it could be a control of" },
      ];
    const goal = of === "afterwards" || recovery ? "recovery" : escalation ? "escalation" : "holds";
    const found: Misfit[] = [];
    if (!fits[goal].includes(expect))
      found.push({
        path: [...path, "expect"],
        message: `a control of \`${goal}\` expects ${fits[goal].join(" or ")}; got ${expect}`,
      });
    if (expect === "data-lost" && !ledger)
      found.push({
        path: [...path, "expect"],
        message: "only a ledger can say that data was lost: data-lost needs the scenario's `ledger`",
      });
    if (restored && goal !== "recovery")
      found.push({ path: [...path, "restored"], message: "only a recovery can be seen once the healer is on again" });
    const budget = (of === "afterwards" ? afterwards?.recovery : (recovery ?? escalation ?? holds))?.within;
    if (budget !== undefined && watchedFor !== undefined && watchedFor < budget)
      found.push({
        path: [...path, "watchedFor"],
        message: `a control watched for less than the budget (${formatDuration(budget)}) shows nothing: the healer itself may take that long`,
      });
    return found;
  });
}

const fits: Readonly<Record<"recovery" | "escalation" | "holds", readonly Control["expect"][]>> = {
  recovery: ["never-recovered", "recovered", "data-lost"],
  escalation: ["never-escalated"],
  holds: ["never-held"],
};

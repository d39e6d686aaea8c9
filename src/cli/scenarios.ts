import { writeFileSync } from "node:fs";
import { type ExitCode, exitCode } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { planMatrix } from "../plan-matrix.ts";
import { planTrials } from "../plan-trials.ts";
import { loadBrokenHealers } from "../scenario/broken-healers.ts";
import { describeScenarios } from "../scenario/describe.ts";
import { brokenHealersJsonSchema, scenarioJsonSchema } from "../scenario/json-schema.ts";
import { loadScenarios } from "../scenario/load.ts";
import { scenarioTable } from "../scenario/table.ts";
import { formatDuration } from "../time.ts";
import { columns } from "./columns.ts";
import { print } from "./print.ts";

const faults = builtInFaults;

/** Checked as `run` checks them: read, and planned with their controls. */
export async function validateCommand(
  what: readonly string[],
  flags: { readonly broken?: string; readonly json: boolean },
): Promise<ExitCode> {
  const loaded = await loadScenarios(what, { faults });
  const plans = loaded.map((it) => planTrials(it, { control: true }));
  const summary = { scenarios: loaded.length, trials: plans.flat().length };
  const text = `${summary.scenarios} scenarios are valid (${summary.trials} trials with their controls)\n`;
  if (flags.broken === undefined) {
    print(flags, summary, () => text);
    return exitCode.proven;
  }
  const { matrix, trials } = planMatrix(loaded, await loadBrokenHealers(flags.broken, loaded));
  const broken = { brokenHealers: matrix.healers.length, against: trials.length };
  print(
    flags,
    { ...summary, ...broken },
    () => `${text}${broken.brokenHealers} broken healers are valid (${broken.against} trials against them)\n`,
  );
  return exitCode.proven;
}

export async function listCommand(
  what: readonly string[],
  flags: { readonly faults: boolean; readonly markdown: boolean; readonly json: boolean },
): Promise<ExitCode> {
  if (flags.faults) {
    const known = faults.map(({ kind, summary }) => ({ fault: kind, summary }));
    print(flags, known, () => columns(known.map((it) => [it.fault, it.summary])));
    return exitCode.proven;
  }
  const described = describeScenarios(await loadScenarios(what, { faults }), faults);
  if (flags.markdown) {
    process.stdout.write(scenarioTable(described, "scenarios"));
    return exitCode.proven;
  }
  print(flags, described, () =>
    columns([
      ["scenario", "fault", "healed by", "within", "controls", "file"],
      ...described.map((it) => [
        it.name,
        it.fault,
        it.healedBy ?? (it.goal === "escalation" ? "nobody: a person is called" : "nobody: it stays so"),
        formatDuration(it.within),
        it.controls.join(", ") || "none",
        it.file,
      ]),
    ]),
  );
  return exitCode.proven;
}

export const schemasOf = ["scenario", "broken-healers"] as const;
type SchemaOf = (typeof schemasOf)[number];

export async function schemaCommand({ of, out }: { of: SchemaOf; out?: string }): Promise<ExitCode> {
  const schema = of === "broken-healers" ? brokenHealersJsonSchema() : scenarioJsonSchema(faults);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return exitCode.proven;
}

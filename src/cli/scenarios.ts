import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { type ExitCode, exitCode, KnownError } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { planMatrix } from "../plan-matrix.ts";
import { planTrials } from "../plan-trials.ts";
import { loadBrokenHealers } from "../scenario/broken-healers.ts";
import { describeScenarios } from "../scenario/describe.ts";
import { filledIn } from "../scenario/filled-in.ts";
import { brokenHealersJsonSchema, defaultsJsonSchema, scenarioJsonSchema } from "../scenario/json-schema.ts";
import { loadScenarios } from "../scenario/load.ts";
import { scenarioSchema } from "../scenario/schema.ts";
import { scenarioTable } from "../scenario/table.ts";
import { formatDuration } from "../time.ts";
import { columns } from "./columns.ts";
import { listFaults } from "./faults.ts";
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
  if (flags.faults) return listFaults(flags);
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

/** A scenario as it is run: with what defaults and parts put in, and what the language itself says of absent keys. */
export async function showCommand(file: string, flags: { readonly json: boolean }): Promise<ExitCode> {
  const [loaded, ...others] = await loadScenarios([file], { faults });
  if (loaded === undefined || others.length > 0)
    throw new KnownError("not-one-scenario", `${file} is not one scenario but several`, {
      exitCode: exitCode.usage,
      facts: { wanted: "the file of one", "there are": [loaded, ...others].map((it) => it?.file).join(", ") },
    });
  const scenario = filledIn(scenarioSchema(faults), loaded.written);
  print(flags, scenario, () => stringify(scenario, { lineWidth: 120, compat: "yaml-1.1" }));
  return exitCode.proven;
}

export async function schemaCommand(flags: {
  readonly out?: string;
  readonly defaults: boolean;
  readonly brokenHealers: boolean;
}): Promise<ExitCode> {
  const { out, defaults, brokenHealers } = flags;
  const schema = brokenHealers
    ? brokenHealersJsonSchema()
    : defaults
      ? defaultsJsonSchema(faults)
      : scenarioJsonSchema(faults);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return exitCode.proven;
}

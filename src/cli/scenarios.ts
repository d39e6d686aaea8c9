import { writeFileSync } from "node:fs";
import { type ExitCode, exitCode } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { planTrials } from "../plan-trials.ts";
import { describeScenarios } from "../scenario/describe.ts";
import { scenarioJsonSchema } from "../scenario/json-schema.ts";
import { loadScenarios } from "../scenario/load.ts";
import { formatDuration } from "../time.ts";
import { columns } from "./columns.ts";
import { listFaults } from "./faults.ts";
import { print } from "./print.ts";

const faults = builtInFaults;

/** Checked as `run` checks them: read, and planned with their controls. */
export async function validateCommand(what: readonly string[], flags: { readonly json: boolean }): Promise<ExitCode> {
  const loaded = await loadScenarios(what, { faults });
  const plans = loaded.map((it) => planTrials(it, { control: true }));
  const summary = { scenarios: loaded.length, trials: plans.flat().length };
  print(
    flags,
    summary,
    () => `${summary.scenarios} scenarios are valid (${summary.trials} trials with their controls)\n`,
  );
  return exitCode.proven;
}

export async function listCommand(
  what: readonly string[],
  flags: { readonly faults: boolean; readonly markdown: boolean; readonly json: boolean },
): Promise<ExitCode> {
  if (flags.faults) return listFaults(flags);
  const described = describeScenarios(await loadScenarios(what, { faults }), faults);
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

export async function schemaCommand({ out }: { out?: string }): Promise<ExitCode> {
  const text = `${JSON.stringify(scenarioJsonSchema(faults), null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return exitCode.proven;
}

import { resolve } from "node:path";
import type { z } from "zod";
import { exitCode, KnownError } from "../errors.ts";
import type { AnyFault } from "../fault/define.ts";
import { builtInFaults } from "../fault/registry.ts";
import { checkScenario } from "./check.ts";
import { readComposeFacts } from "./compose.ts";
import { explain } from "./explain.ts";
import { inTypeScript, type LoadedScenario, loadedScenario } from "./loaded.ts";
import type { Found } from "./problem.ts";
import { scenarioSchema } from "./schema.ts";
import { shownPath } from "./select.ts";
import { nameOf } from "./words.ts";

/** Scenarios in TypeScript: what a YAML file holds, with types, and checked as that is. */

/** A scenario as one writes it with these faults. Durations are text, as in YAML: `"5s"`. */
export type ScenarioText<F extends AnyFault = (typeof builtInFaults)[number]> = Text<
  z.input<ReturnType<typeof scenarioSchema>>,
  F
>;

/** The schema knows faults by their schemas only; their types come from the faults. */
type Text<T, F extends AnyFault> = T extends string | number | boolean | null | undefined
  ? T
  : {
      readonly [K in keyof T]: K extends "fault"
        ? FaultText<F> | Extract<T[K], undefined>
        : K extends "faults"
          ? readonly FaultText<F, { readonly at?: string }>[] | Extract<T[K], undefined>
          : Text<T[K], F>;
    };

/** One key, the kind, with its parameters; `for` where it lasts. */
type FaultText<F extends AnyFault, Added = unknown, Kinds extends string = F["kind"]> =
  F extends AnyFault<infer Kind, infer Written, infer Lasts>
    ? {
        readonly [K in Kind]: Text<Written, never> & Added & (Lasts extends true ? { readonly for?: string } : unknown);
      } & {
        readonly [K in Exclude<Kinds, Kind>]?: never;
      }
    : never;

/** Makes a function that checks scenarios with these faults: `scenarioWith([...builtInFaults, mine])`. */
export function scenarioWith<const F extends readonly AnyFault[]>(
  faults: F,
): (text: ScenarioText<F[number]>) => LoadedScenario {
  const schema = scenarioSchema(faults);
  return (text) => checked({ schema, faults }, text);
}

/**
 * Checks a scenario and fills in its defaults, or throws one KnownError that names the path of everything that is wrong. Paths in it
 * (`stack.compose`) are relative to the working directory.
 */
export const scenario = scenarioWith(builtInFaults);

function checked(
  { schema, faults }: { readonly schema: ReturnType<typeof scenarioSchema>; readonly faults: readonly AnyFault[] },
  text: { readonly name: string },
): LoadedScenario {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw bad(text, explain(schema, text, nameOf));
  const compose = resolve(parsed.data.stack.compose);
  const facts = readComposeFacts(compose, shownPath(process.cwd(), compose));
  if ("problem" in facts) throw bad(text, [{ at: "stack.compose", message: facts.problem }]);
  const found = checkScenario(parsed.data, { compose: facts, faults }, nameOf);
  if (found.length > 0) throw bad(text, found);
  return loadedScenario({
    file: inTypeScript,
    scenario: parsed.data,
    written: structuredClone(text),
    compose,
    facts,
  });
}

function bad({ name }: { readonly name: string }, found: readonly Found<string>[]): KnownError {
  const lines = found.map(({ at, message }) => (message.startsWith(at) ? message : `${at}: ${message}`));
  return new KnownError("bad-scenario", [`the scenario ${JSON.stringify(name)} is not valid`, ...lines].join("\n  "), {
    exitCode: exitCode.usage,
  });
}

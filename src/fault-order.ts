import { parse } from "yaml";
import { z } from "zod";
import { exitCode, KnownError, messageOf } from "./errors.ts";
import type { AnyFault } from "./fault/define.ts";
import { explain } from "./scenario/explain.ts";
import { lasting } from "./scenario/lasting.ts";
import { didYouMean } from "./scenario/suggest.ts";
import type { Duration } from "./time.ts";

/** A fault as a person orders it on the command line: by its kind, with parameters written as in a scenario. */
export interface FaultOrder {
  readonly fault: AnyFault;
  /** Checked, and still as written: the fault's own schema reads them at each border. */
  readonly params: Readonly<Record<string, unknown>>;
  /** After this time it is put back. */
  readonly for?: Duration;
}

export interface WrittenOrder {
  readonly kind: string;
  /** Each `key=value`, the value as YAML. */
  readonly params: readonly string[];
  readonly for?: string | undefined;
}

/** Refuses what is wrong with an order, all at once, as a scenario's errors are told. */
export function readOrder(written: WrittenOrder, faults: readonly AnyFault[]): FaultOrder {
  const { kind } = written;
  const fault = faults.find((it) => it.kind === kind);
  if (!fault) {
    const kinds = faults.map((it) => it.kind);
    throw refused(`there is no fault ${JSON.stringify(kind)}${didYouMean(kind, kinds)}`, {
      "there are": kinds.join(", "),
    });
  }
  const params = readParams(written.params);
  const schema = z.strictObject({ [kind]: fault.params, for: lasting.optional() });
  const value = { [kind]: params, ...(written.for === undefined ? {} : { for: written.for }) };
  const problems = explain(schema, value, () => nowhere);
  if (problems.length > 0)
    throw refused(problems.map((it) => it.message).join("\n"), {
      try: `healproof list --faults, which tells the parameters of ${kind}`,
    });
  const time = lasting.optional().parse(written.for);
  return { fault, params, ...(time === undefined ? {} : { for: time }) };
}

/** There is no file to point into. */
const nowhere = { file: "", line: 1, column: 1, text: "" };

function readParams(written: readonly string[]): Record<string, unknown> {
  const params = new Map<string, unknown>();
  for (const it of written) {
    const [, key = "", text = ""] = /^([^=\s]+)=(.*)$/s.exec(it) ?? [];
    if (key === "") throw refused(`--param ${it}: wanted key=value, such as service=app`, {});
    if (params.has(key)) throw refused(`--param ${key} is given twice`, {});
    try {
      params.set(key, parse(text, { logLevel: "error" }));
    } catch (thrown) {
      throw refused(`--param ${key}: its value is not valid YAML: ${messageOf(thrown).split("\n")[0]}`, {
        try: `quotes around it: --param '${key}="…"'`,
      });
    }
  }
  return Object.fromEntries(params);
}

const refused = (message: string, facts: Record<string, string>) =>
  new KnownError("bad-order", message, { facts, exitCode: exitCode.usage });

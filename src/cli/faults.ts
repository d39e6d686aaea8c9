import { type ExitCode, exitCode } from "../errors.ts";
import { faultsPage } from "../fault/page.ts";
import { parametersOf } from "../fault/parameters.ts";
import { builtInFaults } from "../fault/registry.ts";
import { columns } from "./columns.ts";
import { print } from "./print.ts";

/** What can be broken: `list --faults`, and `inject` without a fault. */
export function listFaults(flags: { readonly json: boolean; readonly markdown?: boolean }): ExitCode {
  if (flags.markdown) {
    process.stdout.write(faultsPage(builtInFaults));
    return exitCode.proven;
  }
  const faults = builtInFaults.map((it) => {
    const { kind: fault, summary, ends, lasts, capabilities, shares } = it;
    return { fault, summary, ends, lasts, capabilities, shares, parameters: parametersOf(it) };
  });
  print(flags, faults, () => {
    const rows = faults.flatMap(({ fault, parameters }) =>
      parameters.map(({ name, type, required, description }) => ({
        fault,
        row: ["", required ? name : `[${name}]`, type, description],
      })),
    );
    // Aligned over all faults: a list is looked through by its columns.
    const lines = columns(rows.map((it) => it.row)).split("\n");
    const shown = faults.map(({ fault, summary }) => {
      const own = lines.filter((_, i) => rows[i]?.fault === fault);
      return [fault, `  ${summary}`, ...own, ""].join("\n");
    });
    return [...shown, "What is in brackets may be left out.\n"].join("\n");
  });
  return exitCode.proven;
}

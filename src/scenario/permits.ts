import type { AnyFault } from "../fault/define.ts";
import type { Scenario } from "./schema.ts";
import { everyWrittenFault } from "./written-faults.ts";

/** What faults reach outside the stack, and the scenario does not permit by name (`stack.shares`). */
export function unpermitted(
  scenario: Scenario,
  faults: readonly AnyFault[],
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const { stack } = scenario;
  return everyWrittenFault(scenario).flatMap(({ kind, path }) => {
    const needed = faults.find((it) => it.kind === kind)?.shares ?? [];
    return needed
      .filter((it) => !stack.shares.includes(it))
      .map((it) => ({
        path,
        message: `${kind} reaches outside the stack, so the scenario must permit it: stack.shares: ${JSON.stringify([...stack.shares, it])}`,
      }));
  });
}

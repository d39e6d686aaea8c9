import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { hostNow, type TrialClock } from "./clock.ts";
import { exitCode, KnownError } from "./errors.ts";
import type { Fact } from "./journal.ts";
import type { TrialPlan } from "./plan.ts";
import type { StackContainers } from "./stack/stack.ts";
import { ms } from "./time.ts";

/**
 * Asks a stack's ledger whether every acknowledged operation is still there, until it can say or its time is over. The ledger is the user's own program; its contract:
 * the check exits with 0 (all there), 1 (some lost or doubled) or 2 (could not be checked), and prints one JSON object.
 */

const operation = z.looseObject({ key: z.string() });
const findings = z.looseObject({
  acknowledged: z.int().nonnegative(),
  present: z.int().nonnegative(),
  lost: z.array(operation),
  doubled: z.array(operation),
  indeterminate: z.looseObject({ present: z.int().nonnegative(), absent: z.int().nonnegative() }),
});

/** The exit code of a check that could not be made. */
const cannotSay = 2;
const againMs = 500;

/** The check's answer as a fact of the journal. Anything but a clear answer is an error: what was not checked is not whole. */
export async function askLedger(
  containers: Pick<StackContainers, "exec">,
  { service, check, within }: NonNullable<TrialPlan["ledger"]>,
  clock: TrialClock,
): Promise<Extract<Fact, { kind: "ledger" }>> {
  const until = hostNow() + within;
  let from = hostNow();
  let { exitCode: code, out, err } = await containers.exec(service, check, within);
  // What it asks may have been put back just now, and be on its way up.
  while (code === cannotSay && hostNow() + againMs < until) {
    await sleep(againMs);
    from = hostNow();
    ({ exitCode: code, out, err } = await containers.exec(service, check, ms(Math.max(againMs, until - from))));
  }
  const when = clock.span({ from, to: hostNow() });
  if (code !== 0 && code !== 1) throw unchecked(service, check, `it exited with ${code}`, err || out);
  const found = parsed(out);
  if (found instanceof Error) throw unchecked(service, check, found.message, out || err);
  const { acknowledged, present, lost, doubled, indeterminate } = found;
  if (lost.length + doubled.length > 0 !== (code === 1))
    throw unchecked(service, check, `it exited with ${code}, but what it found says otherwise`, out);
  return {
    kind: "ledger",
    when,
    acknowledged,
    present,
    lost: lost.map(({ key }) => key),
    doubled: doubled.map(({ key }) => key),
    indeterminate: { present: indeterminate.present, absent: indeterminate.absent },
  };
}

function parsed(out: string): z.output<typeof findings> | Error {
  let value: unknown;
  try {
    value = JSON.parse(out);
  } catch {
    return new Error("its standard output is not one JSON object");
  }
  const result = findings.safeParse(value);
  return result.success ? result.data : new Error(z.prettifyError(result.error));
}

function unchecked(service: string, check: readonly string[], reason: string, said: string): KnownError {
  return new KnownError("ledger-unchecked", `the ledger ${service} could not say whether anything was lost`, {
    facts: {
      asked: check.join(" "),
      wanted: "exit code 0 or 1, and the findings as one JSON object on standard output",
      reason,
      "it said": said.trim().slice(-2000) || "nothing",
    },
    exitCode: exitCode.inconclusive,
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { hostNow, type TrialClock } from "./clock.ts";
import { exitCode, KnownError } from "./errors.ts";
import type { Fact } from "./journal.ts";
import { endsBefore } from "./judge/live.ts";
import type { WallClock } from "./observe/wall-clock.ts";
import type { TrialPlan } from "./plan.ts";
import type { Executed } from "./stack/exec.ts";
import { statusOf } from "./stack/remove.ts";
import type { StackContainers } from "./stack/stack.ts";
import { type Instant, type Moment, ms } from "./time.ts";

/**
 * Asks a stack's ledger whether every acknowledged operation is still there, until it can say or its time is over. The ledger is the user's own program; its contract:
 * the check exits with 0 (all there), 1 (some lost or doubled) or 2 (could not be checked), and prints one JSON object.
 */

const operation = z.looseObject({ key: z.string() });
const findings = z.looseObject({
  acknowledged: z.int().nonnegative(),
  /** Of what came later nothing is proven. Null: nothing was acknowledged; absent: the ledger does not tell. */
  lastAcknowledgedAt: z.iso.datetime({ offset: true }).nullish(),
  present: z.int().nonnegative(),
  lost: z.array(operation),
  doubled: z.array(operation),
  indeterminate: z.looseObject({ present: z.int().nonnegative(), absent: z.int().nonnegative() }),
});

type Ledger = NonNullable<TrialPlan["ledger"]>;
type LedgerFact = Extract<Fact, { kind: "ledger" }>;

export interface LedgerTimes {
  readonly clock: TrialClock;
  /** From the engine's wall clock, which its containers read, too. */
  readonly toHost: WallClock["toHost"];
  /** An acknowledgement from after this is waited for, so that one that is about to come is not missed. */
  readonly after: Instant | undefined;
}

/** The exit code of a check that could not be made. */
const cannotSay = 2;
const againMs = 500;

/** The check's answer as a fact of the journal. Anything but a clear answer is an error: what was not checked is not whole. */
export async function askLedger(
  containers: Pick<StackContainers, "exec">,
  ledger: Ledger,
  { clock, toHost, after }: LedgerTimes,
): Promise<LedgerFact> {
  const until = hostNow() + ledger.within;
  for (;;) {
    const from = hostNow();
    const mayTake = ms(Math.max(againMs, until - from));
    const answer = await containers.exec(ledger.service, ledger.check, mayTake).catch(refusedAsNotRunning);
    const to = hostNow();
    // Not begun again where it would hardly come to its end: the answer that is there says more.
    const over = to + againMs + (to - from) >= until;
    // What it asks may have been put back just now, and be on its way up; and so may the ledger.
    if (over || (answer && answer.exitCode !== cannotSay)) {
      if (!answer) throw unchecked(ledger, "its container does not run", "");
      const lastOf = (iso: string) => clock.span(wallSpan(iso, toHost));
      const fact = factOf(answer, ledger, clock.span({ from, to }), lastOf);
      if (over || !endsBefore(fact, after)) return fact;
    }
    await sleep(againMs);
  }
}

/** The engine executes nothing in a container that does not run. */
function refusedAsNotRunning(thrown: unknown): undefined {
  if (statusOf(thrown) !== 409) throw thrown;
  return undefined;
}

function factOf(
  { exitCode: code, out, err }: Executed,
  ledger: Ledger,
  when: Moment,
  lastOf: (iso: string) => Moment,
): LedgerFact {
  if (code !== 0 && code !== 1) throw unchecked(ledger, `it exited with ${code}`, err || out);
  const found = parsed(out);
  if (found instanceof Error) throw unchecked(ledger, found.message, out || err);
  const { acknowledged, lastAcknowledgedAt: last, present, lost, doubled, indeterminate } = found;
  if (lost.length + doubled.length > 0 !== (code === 1))
    throw unchecked(ledger, `it exited with ${code}, but what it found says otherwise`, out);
  if ((last === null || acknowledged === 0) && code === 0)
    throw unchecked(ledger, "nothing was acknowledged, so nothing is proven", out);
  return {
    kind: "ledger",
    when,
    acknowledged,
    ...(last ? { lastAcknowledged: lastOf(last) } : {}),
    present,
    lost: lost.map(({ key }) => key),
    doubled: doubled.map(({ key }) => key),
    indeterminate: { present: indeterminate.present, absent: indeterminate.absent },
  };
}

/** A time that is told in whole seconds, say, may be anywhere in that second. */
function wallSpan(iso: string, toHost: LedgerTimes["toHost"]): ReturnType<LedgerTimes["toHost"]> {
  const digits = /\.(\d+)/.exec(iso)?.[1]?.length ?? 0;
  const { from, to } = toHost(Date.parse(iso));
  return { from, to: to + 1000 / 10 ** Math.min(digits, 3) };
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

function unchecked({ service, check }: Ledger, reason: string, said: string): KnownError {
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

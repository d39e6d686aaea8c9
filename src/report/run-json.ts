import { z } from "zod";
import { exitCode, KnownError, messageOf } from "../errors.ts";
import { healers } from "../scenario/schema.ts";
import { instant, ms } from "../time.ts";
import type { RunRecord } from "./run-record.ts";

/** `run.json`: a run as programs read it, and as `healproof report` reads it back. */

const runRecordVersion = 1;

const duration = z.number().nonnegative().transform(ms);
const at = z.number().transform(instant);
const moment = z.strictObject({ earliest: at, latest: at });
const interval = z.strictObject({ atLeast: duration, atMost: duration });
const seqs = z.array(z.int().nonnegative());
const evidence = z.strictObject({ text: z.string(), seqs });
const outcome = z.enum(["proven", "refuted", "inconclusive"]);
const healer = z.enum(healers);

const reason = z.enum([
  "stack-not-up",
  "sick-baseline",
  "fault-had-no-effect",
  "fault-ended-early",
  "fault-not-shown-in-force",
  "no-outage-observed",
  "observer-gap",
  "budget-inside-uncertainty",
  "not-steady-again",
  "ledger-unchecked",
  "trial-not-run",
  "control-not-run",
  "harness-error",
  "interrupted",
]);

const verdict = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["recovered", "too-slow", "never-recovered", "escalated", "never-escalated", "held", "never-held"]),
  }),
  z.strictObject({ kind: z.literal("inconclusive"), reason }),
]);

const signal = z.strictObject({
  series: z.string(),
  condition: z.string(),
  outages: z.array(z.strictObject({ began: moment, ended: moment.exactOptional(), evidence })),
  samples: z.int().nonnegative(),
  largestGap: duration,
  seqs: seqs.default([]),
});

const act = z.strictObject({
  act: z.enum(["main", "restored", "afterwards"]),
  fault: z.string().exactOptional(),
  origin: moment.exactOptional(),
  measuredFrom: z.literal("fault-end").exactOptional(),
  bitten: moment.exactOptional(),
  budget: duration,
  signals: z.array(signal),
  recoveredAt: moment.exactOptional(),
  recovery: interval.exactOptional(),
  recoveryEvidence: evidence.exactOptional(),
  watchedFor: duration.exactOptional(),
  attribution: z.strictObject({
    healer: z.enum([...healers, "harness", "several", "unknown", "nobody"]),
    evidence: z.array(evidence),
  }),
  corroboration: z.array(z.strictObject({ condition: z.string(), agrees: z.enum(["yes", "no", "unknown"]), evidence })),
  checks: z
    .array(
      z.strictObject({
        kind: z.enum(["during", "never", "untouched", "order", "not-before"]),
        condition: z.string(),
        agrees: z.enum(["yes", "no", "unknown"]),
        evidence,
      }),
    )
    .default([]),
  verdict,
  expected: z.enum(["recovered", "never-recovered"]),
  outcome,
  explanation: z.string(),
});

const trial = z.strictObject({
  id: z.string(),
  scenario: z.string(),
  claim: z.string(),
  control: z
    .strictObject({
      without: healer.exactOptional(),
      given: z.string().exactOptional(),
      of: z.literal("afterwards").exactOptional(),
      because: z.string().exactOptional(),
      expects: z.string().exactOptional(),
    })
    .exactOptional(),
  nth: z.int().exactOptional(),
  again: z.array(z.string()).default([]),
  controls: z.array(z.string()),
  uncontrolled: z.string().exactOptional(),
  variant: z.string().exactOptional(),
  acts: z.array(act),
  ledger: z
    .strictObject({
      acknowledged: z.int(),
      lost: z.array(z.string()),
      doubled: z.array(z.string()),
      lossExpected: z.literal(true).exactOptional(),
      evidence,
    })
    .exactOptional(),
  outcome,
  doubt: reason.exactOptional(),
  explanation: z.string(),
  remarks: z.array(evidence),
  errors: z.array(evidence),
  refutes: evidence.exactOptional(),
});

const matrix = z.strictObject({
  healers: z.array(
    z.strictObject({ name: z.string(), breaks: healer, what: z.string(), outcome, explanation: z.string() }),
  ),
  scenarios: z.array(
    z.strictObject({ name: z.string(), role: z.enum(["catches", "catches-nothing", "unsure", "not-concerned"]) }),
  ),
  cells: z.array(
    z.strictObject({
      scenario: z.string(),
      healer: z.string(),
      trial: z.string().exactOptional(),
      whyNot: z.string().exactOptional(),
      state: z.enum(["caught", "missed", "unsure", "not-needed", "not-concerned"]),
      reason: reason.exactOptional(),
      text: z.string(),
    }),
  ),
  outcome,
});

const runRecord = z.strictObject({
  version: z.literal(runRecordVersion),
  healproof: z.string(),
  id: z.string(),
  startedAt: z.string(),
  outcome,
  scenarios: z.array(
    z.strictObject({
      scenario: z.string(),
      claim: z.string(),
      trial,
      again: z.array(trial).default([]),
      controls: z.array(trial),
      notRun: z.array(z.strictObject({ id: z.string(), text: z.string() })),
      outcome,
      explanation: z.string(),
    }),
  ),
  matrix: matrix.exactOptional(),
  notRun: z.array(z.strictObject({ what: z.string(), why: z.string() })),
  trials: z.array(z.strictObject({ id: z.string(), folder: z.string(), up: duration, total: duration })),
  cost: z.strictObject({ wall: duration, floor: duration }),
});

/** The text of `run.json`. */
export const runJson = (run: RunRecord): string => `${JSON.stringify(run, null, 2)}\n`;

/**
 * Reads what {@link runJson} wrote. `name` is what errors call it.
 * @throws KnownError `bad-run-record` if it is another kind of file, or of another version.
 */
export function parseRunRecord(text: string, name: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw badRunRecord(name, `not JSON: ${messageOf(thrown)}`);
  }
  const version = z.looseObject({ version: z.unknown() }).safeParse(value);
  if (!version.success) throw badRunRecord(name, "it names no version");
  if (version.data.version !== runRecordVersion)
    throw badRunRecord(
      name,
      `its version is ${JSON.stringify(version.data.version)}, and this healproof reads ${runRecordVersion}`,
    );
  const parsed = runRecord.safeParse(value);
  if (!parsed.success) throw badRunRecord(name, z.prettifyError(parsed.error));
  return parsed.data;
}

function badRunRecord(name: string, reason: string): KnownError {
  return new KnownError(
    "bad-run-record",
    `${name} is not the run.json of a healproof run (version ${runRecordVersion})`,
    {
      facts: { reason, try: "the run.json in a run's folder, such as reports/latest/run.json" },
      exitCode: exitCode.usage,
    },
  );
}

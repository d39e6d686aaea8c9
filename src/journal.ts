import { z } from "zod";
import { exitCode, KnownError } from "./errors.ts";
import { trialPlan } from "./plan.ts";
import { type Instant, type Moment, moment } from "./time.ts";

/**
 * The append-only record of one trial: one JSON object a line, in the order in which we learned the facts.
 * All times are milliseconds since the trial's origin, corrected to its clock, with their uncertainty. Judging needs
 * nothing else. `seq` is the line number from 0; reports link each figure to the seqs that it came from.
 */
export const journalVersion = 2;
/** Older ones are still read: see plan.ts for what an act was then. */
const readableVersions = z.union([z.literal(1), z.literal(journalVersion)]);

const at = z.number().transform((it) => it as Instant);
const span = z
  .strictObject({ earliest: z.number(), latest: z.number() })
  .transform((it): Moment => moment(it.earliest, it.latest));
const actId = z.enum(["main", "restored", "afterwards"]);

const phases = [
  "up",
  "steady",
  "inject",
  "witness",
  "observe",
  "undo",
  "steady-again",
  "ledger",
  "evidence",
  "down",
] as const;
export const phase = z.enum(phases);
export type Phase = z.output<typeof phase>;

/** Who looks: what a series' samples come from. */
const observer = z.enum(["prometheus", "promql", "probe", "engine", "log", "http", "disk", "systemd"]);
export type Observer = z.output<typeof observer>;

/** One try of a signal: it covers its whole exchange, `[from, to]`. A probe's value is an HTTP status, 0 for no answer (`note` says why). */
const sample = z.union([z.tuple([at, at, z.number()]), z.tuple([at, at, z.number(), z.string()])]);

const facts = {
  /** The first line. `origin` is the wall clock at instant 0, a label only. */
  header: z.strictObject({
    version: readableVersions,
    healproof: z.string(),
    run: z.string(),
    origin: z.iso.datetime(),
    seed: z.int(),
    plan: trialPlan,
    machine: z.strictObject({
      cpus: z.int(),
      memoryMiB: z.int(),
      platform: z.string(),
      node: z.string(),
      engine: z.string(),
      bootId: z.string(),
    }),
  }),
  phase: z.strictObject({
    act: actId,
    phase,
    edge: z.enum(["begin", "end"]),
    /** Of a steady state before a fault: drawn by chance, and waited once it is seen, after which it must still hold. Absent in older journals. */
    delayMs: z.number().nonnegative().optional(),
  }),
  /** How a source's clock was mapped to the trial's: `uncertaintyMs` is already part of every time from that source. */
  clock: z.strictObject({
    source: z.string(),
    sameKernel: z.boolean(),
    offsetMs: z.number(),
    uncertaintyMs: z.number(),
    method: z.string(),
  }),
  /** Declares a series: `everyMs` is how often a sample is due. `id` is the condition's `seriesOf`. */
  series: z.strictObject({
    id: z.string(),
    observer,
    everyMs: z.number().positive(),
  }),
  samples: z.strictObject({ series: z.string(), items: z.array(sample) }),
  /** An engine event on a container of the stack. `action`: die, start, restart, kill, stop, oom, health_status: unhealthy … */
  engine: z.strictObject({
    when: span,
    service: z.string(),
    container: z.string(),
    action: z.string(),
    attributes: z.record(z.string(), z.string()),
  }),
  /** A command that somebody ran in a container (docker exec): neither its healthcheck nor one of ours. */
  command: z.strictObject({ when: span, service: z.string(), container: z.string(), command: z.string() }),
  /** A look at a container. `startedAt` is the engine's, mapped to the trial's clock. */
  container: z.strictObject({
    when: span,
    service: z.string(),
    container: z.string(),
    status: z.string(),
    health: z.string().optional(),
    restartCount: z.int(),
    restartPolicy: z.string(),
    startedAt: span.optional(),
    exitCode: z.int().optional(),
    oomKilled: z.boolean().optional(),
  }),
  /** A look at a unit of the lab's machine itself. `startedAt` is that machine's, mapped to the trial's clock; absent where it does not run. */
  unit: z.strictObject({
    when: span,
    unit: z.string(),
    /** The boot that the machine is in. */
    boot: z.string(),
    startedAt: span.optional(),
    /** Whether it is started at boot. */
    enabled: z.boolean(),
  }),
  /**
   * The life of a fault. `announced`: its undo is on disk. `injected`: `when` spans the act itself. `bitten`: witnessed,
   * `when` is (last seen whole, first seen broken]. `missed`: not witnessed within its limit. `held`/`ended`: later looks at
   * whether it is still in force, a `held` one at least each second. `lifted`: put back by us because its time was over. `undone`: put
   * back by us at the trial's end.
   */
  fault: z.strictObject({
    act: actId,
    /** Its number among the act's faults. */
    nth: z.int().nonnegative().default(0),
    stage: z.enum(["announced", "injected", "bitten", "missed", "held", "ended", "lifted", "undone"]),
    when: span,
    fault: z.string(),
    /** When announced: how this fault ends by itself. What is `with-the-process` must be shown to be in force until then. */
    ends: z.enum(["at-once", "with-the-process", "by-healing", "by-us"]).optional(),
    /** When ended: its process was replaced (what healing does), it was healed otherwise, or it was released with nothing healed. */
    how: z.enum(["replaced", "healed", "released"]).optional(),
    detail: z.string(),
  }),
  /**
   * Nobody looked from inside the stack: its engine was away, and the observers with it. They were attached anew at its end. `engine`: when
   * its service manager called it started again; absent in older journals.
   */
  absence: z.strictObject({ act: actId, when: span, why: z.string(), engine: span.optional() }),
  /** How a machine came up once its power was back: when each step of that was reached, the last: that the stack's last container was started. */
  boot: z.strictObject({
    act: actId,
    steps: z
      .array(z.strictObject({ step: z.enum(["power", "kernel", "systemd", "engine", "containers"]), when: span }))
      .min(1),
  }),
  /** A control's healer was switched off or on by us. */
  healer: z.strictObject({ healer: z.string(), state: z.enum(["off", "on"]), when: span, how: z.string() }),
  /** What the stack's ledger found once all was over: operations by their keys. Indeterminate are those whose answer never came. */
  ledger: z.strictObject({
    when: span,
    acknowledged: z.int().nonnegative(),
    /** When the last one was, whatever its key: the ledger's wall clock, mapped to the trial's. Absent where it does not tell, and in older journals. */
    lastAcknowledged: span.optional(),
    present: z.int().nonnegative(),
    lost: z.array(z.string()),
    doubled: z.array(z.string()),
    indeterminate: z.strictObject({ present: z.int().nonnegative(), absent: z.int().nonnegative() }),
  }),
  /** Something went wrong in the trial itself (not in the stack, which is what is judged). */
  error: z.strictObject({
    phase: phase.optional(),
    code: z.string(),
    message: z.string(),
    facts: z.record(z.string(), z.string()),
  }),
  /** A file kept in the trial's evidence folder, relative to it. */
  evidence: z.strictObject({ file: z.string(), what: z.string() }),
  /** The last line. Without it the harness died. */
  end: z.strictObject({ outcome: z.enum(["completed", "interrupted", "failed"]) }),
} as const;

type Kind = keyof typeof facts;
/** What is written: the fact itself, before `seq` and `at` are added. */
export type Fact<K extends Kind = Kind> = { [P in K]: { kind: P } & z.input<(typeof facts)[P]> }[K];
export type Sample = z.output<typeof sample>;

const envelope = { seq: z.int().nonnegative(), at };
const kinds = Object.keys(facts) as Kind[];
export const recordSchema = z.discriminatedUnion("kind", [
  facts.header.extend({ ...envelope, kind: z.literal("header") }),
  facts.phase.extend({ ...envelope, kind: z.literal("phase") }),
  facts.clock.extend({ ...envelope, kind: z.literal("clock") }),
  facts.series.extend({ ...envelope, kind: z.literal("series") }),
  facts.samples.extend({ ...envelope, kind: z.literal("samples") }),
  facts.engine.extend({ ...envelope, kind: z.literal("engine") }),
  facts.command.extend({ ...envelope, kind: z.literal("command") }),
  facts.container.extend({ ...envelope, kind: z.literal("container") }),
  facts.unit.extend({ ...envelope, kind: z.literal("unit") }),
  facts.fault.extend({ ...envelope, kind: z.literal("fault") }),
  facts.absence.extend({ ...envelope, kind: z.literal("absence") }),
  facts.boot.extend({ ...envelope, kind: z.literal("boot") }),
  facts.healer.extend({ ...envelope, kind: z.literal("healer") }),
  facts.ledger.extend({ ...envelope, kind: z.literal("ledger") }),
  facts.error.extend({ ...envelope, kind: z.literal("error") }),
  facts.evidence.extend({ ...envelope, kind: z.literal("evidence") }),
  facts.end.extend({ ...envelope, kind: z.literal("end") }),
]);

/** What is read back: a fact with its line number and the instant at which we learned it. */
export type JournalRecord<K extends Kind = Kind> = Extract<z.output<typeof recordSchema>, { kind: K }>;

/** A whole journal, in order. The first record is the header. */
export type Journal = readonly JournalRecord[];

/**
 * Reads a journal's text. A last line that was cut off by a crash is dropped (the missing `end` tells); any other bad line is an
 * error with its place (`name` and line), as is a journal of another version.
 */
export function parseJournal(text: string, name: string): Journal {
  const lines = text.split("\n");
  lines.pop(); // nothing, or what was written of the last line
  if (lines.length === 0) throw badJournal(name, 1, "it is empty or was cut off in its first line");
  return lines.map((line, index) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (thrown) {
      throw badJournal(name, index + 1, `not JSON: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
    const parsed = recordSchema.safeParse(value);
    if (!parsed.success) throw badJournal(name, index + 1, z.prettifyError(parsed.error));
    if (parsed.data.seq !== index) throw badJournal(name, index + 1, `its seq is ${parsed.data.seq}, not ${index}`);
    if ((index === 0) !== (parsed.data.kind === "header"))
      throw badJournal(name, index + 1, "the header is the first line, and only that");
    return parsed.data;
  });
}

function badJournal(name: string, line: number, reason: string): KnownError {
  return new KnownError("bad-journal", `${name}:${line} is not a healproof journal (version 1 to ${journalVersion})`, {
    facts: { reason, known: kinds.join(", ") },
    exitCode: exitCode.usage,
  });
}

/** The records of one kind, in order. */
export function recordsOf<K extends Kind>(journal: Journal, kind: K): JournalRecord<K>[] {
  return journal.filter((it): it is JournalRecord<K> => it.kind === kind);
}

/** The plan that a journal's trial followed. */
export function headerOf(journal: Journal): JournalRecord<"header"> {
  const [first] = journal;
  if (first?.kind !== "header") throw badJournal("journal", 1, "it has no header");
  return first;
}

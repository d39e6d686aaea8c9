import { headerOf, type Journal, type JournalRecord, type Phase, recordsOf } from "../journal.ts";
import type { ActJudgement, TrialJudgement } from "../judge/judgement.ts";
import { risingOf } from "../judge/series.ts";
import { conditionsOf, type TrialPlan } from "../plan.ts";
import { type Condition, readingOf, seriesOf } from "../scenario/conditions.ts";
import { type Duration, type Instant, instant, later, type Moment } from "../time.ts";
import { coarsened, type Span, type Step, spansOf, stepsOf, thinned, triesOf } from "./spans.ts";

/** What the picture of a trial shows, as data. Times are the trial's instants; `zero` is where the axis says 0 s. */
export interface Timeline {
  readonly from: Instant;
  readonly to: Instant;
  readonly zero: Instant;
  /** What happened at zero: `the injection`, `the start of the trial`. */
  readonly zeroIs: string;
  readonly lanes: readonly Lane[];
  /** Instants to draw through all lanes: each act's origin, and its recovery. */
  readonly guides: readonly { readonly at: Instant; readonly kind: "origin" | "recovered" }[];
}

export type Lane =
  | { readonly kind: "phases"; readonly label: string; readonly phases: readonly PhaseSpan[] }
  | { readonly kind: "fault"; readonly label: string; readonly fault: FaultSpan }
  | { readonly kind: "healer"; readonly label: string; readonly off: readonly { from: Instant; to: Instant }[] }
  | { readonly kind: "signal"; readonly label: string; readonly spans: readonly Span[] }
  | {
      readonly kind: "counter";
      readonly label: string;
      readonly steps: readonly Step[];
      readonly spans: readonly Span[];
    }
  | { readonly kind: "events"; readonly label: string; readonly events: readonly EngineEvent[] }
  | { readonly kind: "recovery"; readonly label: string; readonly act: ActJudgement; readonly origin: Moment };

interface PhaseSpan {
  readonly phase: Phase;
  readonly from: Instant;
  readonly to: Instant;
}

export interface FaultSpan {
  readonly injected?: Moment;
  readonly bitten?: Moment;
  readonly missed?: Moment;
  /** Absent where the fault is over at once, as a crash is. */
  readonly lastedUntil?: Instant;
  readonly end: "ended" | "undone" | "last seen" | "at once";
}

interface EngineEvent {
  readonly when: Moment;
  readonly action: string;
  readonly mark: EventMark;
}

export type EventMark = "died" | "started" | "restarted" | "stopped" | "unhealthy" | "healthy" | "other";

export function timelineOf(trial: TrialJudgement, journal: Journal): Timeline {
  const { plan } = headerOf(journal);
  const last = journal.at(-1)?.at ?? instant(0);
  const origin = originOf(trial, journal);
  const zero = origin ?? instant(0);
  const phases = phaseSpans(journal, last);
  const to = endOf(trial, phases, last, zero);
  const earlier = (to - zero) * 0.14;
  const from = origin === undefined ? zero : instant(Math.max(0, zero - Math.min(5000, Math.max(800, earlier))));
  const shortest = (to - from) / 200;
  const markWidth = (to - from) / 50;

  const lanes: Lane[] = [
    ...phaseLanes(phases),
    ...faultLanes(journal, to),
    ...healerLanes(journal, to),
    ...signalLanes(plan, journal, shortest),
    ...counterLanes(plan, journal, shortest, markWidth),
    ...eventLanes(journal, from, to, markWidth),
    ...recoveryLanes(trial),
  ];
  const guides = trial.acts.flatMap((it) => [
    ...(it.origin ? [{ at: it.origin.earliest, kind: "origin" as const }] : []),
    ...(it.recoveredAt ? [{ at: it.recoveredAt.latest, kind: "recovered" as const }] : []),
  ]);
  return { from, to, zero, zeroIs: origin === undefined ? "the start of the trial" : "the injection", lanes, guides };
}

function originOf(trial: TrialJudgement, journal: Journal): Instant | undefined {
  const main = trial.acts.find((it) => it.act === "main");
  return (main?.origin ?? recordsOf(journal, "fault").find((it) => it.stage === "injected")?.when)?.earliest;
}

/** The picture ends when the stack is steady again, or the last thing was watched; the stack's end is left out. */
function endOf(trial: TrialJudgement, phases: readonly ActPhase[], last: Instant, zero: Instant): Instant {
  const watched = phases.filter((it) => it.phase !== "evidence" && it.phase !== "down").map((it) => it.to);
  const judged = trial.acts.flatMap((it) =>
    it.origin ? [later(it.origin.latest, it.budget), it.recoveredAt?.latest ?? it.origin.latest] : [],
  );
  const end = Math.max(...watched, ...judged, watched.length === 0 ? last : zero);
  return instant(Math.max(end, zero + 1000));
}

interface ActPhase extends PhaseSpan {
  readonly act: ActJudgement["act"];
}

function phaseSpans(journal: Journal, last: Instant): ActPhase[] {
  const records = recordsOf(journal, "phase");
  return records
    .filter((it) => it.edge === "begin")
    .map(({ act, phase, at, seq }) => {
      const end = records.find((it) => it.seq > seq && it.edge === "end" && it.phase === phase && it.act === act);
      return { act, phase, from: at, to: end?.at ?? last };
    });
}

function phaseLanes(phases: readonly ActPhase[]): Lane[] {
  return (["main", "restored", "afterwards"] as const).flatMap((act): Lane[] => {
    const own = phases.filter((it) => it.act === act);
    if (own.length === 0) return [];
    return [{ kind: "phases", label: act === "main" ? "phases" : `phases, ${actLabel[act]}`, phases: own }];
  });
}

const actLabel = { main: "main", restored: "switched on again", afterwards: "afterwards" } as const;

function faultLanes(journal: Journal, to: Instant): Lane[] {
  const faults = recordsOf(journal, "fault");
  return (["main", "restored", "afterwards"] as const).flatMap((act): Lane[] => {
    const ofAct = Map.groupBy(
      faults.filter((it) => it.act === act),
      (it) => it.nth,
    );
    return [...ofAct.values()].flatMap((own) => faultLane(act, own, to));
  });
}

function faultLane(act: keyof typeof actLabel, own: readonly JournalRecord<"fault">[], to: Instant): Lane[] {
  const [first] = own;
  if (!first) return [];
  const record = (stage: JournalRecord<"fault">["stage"]) => own.find((it) => it.stage === stage);
  const at = (stage: JournalRecord<"fault">["stage"]) => record(stage)?.when;
  const [injected, bitten, missed] = [at("injected"), at("bitten"), at("missed")];
  const [ended, undone] = [at("ended"), at("lifted") ?? at("undone")];
  const held = own.findLast((it) => it.stage === "held")?.when;
  const over = ended ?? undone;
  const lasting = over ?? held;
  const fault: FaultSpan = {
    ...(injected && { injected }),
    ...(bitten && { bitten }),
    ...(missed && { missed }),
    ...(lasting && { lastedUntil: instant(Math.min(to, lasting.latest)) }),
    end: ended ? "ended" : undone ? "undone" : held ? "last seen" : "at once",
  };
  const name = record("injected")?.detail ?? first.fault;
  return [{ kind: "fault", label: act === "main" ? `fault: ${name}` : `fault, ${actLabel[act]}: ${name}`, fault }];
}

function healerLanes(journal: Journal, to: Instant): Lane[] {
  const records = recordsOf(journal, "healer");
  return [...new Set(records.map((it) => it.healer))].map((healer) => {
    const own = records.filter((it) => it.healer === healer);
    const off = own
      .filter((it) => it.state === "off")
      .map((it) => ({
        from: it.when.earliest,
        to: own.find((on) => on.state === "on" && on.seq > it.seq)?.when.latest ?? to,
      }));
    const backOn = own.some((it) => it.state === "on");
    return { kind: "healer", label: `${healer} ${backOn ? "off, then on again" : "off"}`, off };
  });
}

/** Each series once: whoever comes back to look declares it again. */
const declared = (journal: Journal) => [
  ...new Map(recordsOf(journal, "series").map((it) => [it.id, it] as const)).values(),
];

/** Each series with the first condition of the plan that reads it. */
function signalLanes(plan: TrialPlan, journal: Journal, shortest: number): Lane[] {
  const conditions = new Map<string, Condition>();
  for (const it of conditionsOf(plan)) if (!conditions.has(seriesOf(it))) conditions.set(seriesOf(it), it);
  const unwanted = new Set(plan.acts.flatMap((it) => it.never));
  return declared(journal).flatMap(({ id, everyMs, observer }): Lane[] => {
    const condition = conditions.get(id);
    if (!condition) return [];
    const { good, text, cumulative } = readingOf(condition);
    if (cumulative) return [];
    const spans = coarsened(
      spansOf(triesOf(journal, id), everyMs, (it) => good(it) !== unwanted.has(condition)),
      shortest,
    );
    const never = unwanted.has(condition) ? "never " : "";
    return [{ kind: "signal", label: `${observer}: ${never}${text}`, spans }];
  });
}

/** What counts up: counters, and conditions on a running total, of which it is told when they rose. */
function counterLanes(plan: TrialPlan, journal: Journal, shortest: number, markWidth: number): Lane[] {
  const logs = plan.acts.flatMap((it) => it.recovery.corroboratedBy).filter((it) => "log" in it);
  const readings = [...conditionsOf(plan), ...logs].map((it) => readingOf(it));
  const totals = new Set(readings.flatMap((it) => (it.cumulative && !it.resets ? [it.series] : [])));
  const counters = new Set([
    ...readings.flatMap((it) => (it.resets ? [it.series] : [])),
    ...plan.acts.flatMap((it) => it.recovery.corroboratedBy).map(seriesOf),
  ]);
  return declared(journal).flatMap(({ id, everyMs, observer }): Lane[] => {
    if (!totals.has(id) && !counters.has(id)) return [];
    const tries = totals.has(id) ? risingOf(triesOf(journal, id)) : triesOf(journal, id);
    const spans = coarsened(
      spansOf(tries, everyMs, () => true),
      shortest,
    );
    return [
      {
        kind: "counter",
        label: totals.has(id) ? `${observer}: ${id}` : `counter: ${id}`,
        steps: thinned(stepsOf(tries), markWidth, ({ at, by }) => ({ at, kind: by > 0 ? "rise" : "reset" })),
        spans,
      },
    ];
  });
}

function eventLanes(journal: Journal, from: Instant, to: Instant, markWidth: number): Lane[] {
  const seen = recordsOf(journal, "engine").filter(
    (it) => it.when.latest >= from && it.when.earliest <= to && !it.action.startsWith("exec_"),
  );
  return [...new Set(seen.map((it) => it.service))].map((service) => {
    const events = seen
      .filter((it) => it.service === service)
      .map(({ when, action }) => ({ when, action, mark: markOf(action) }));
    const drawn = thinned(events, markWidth, ({ when, mark }) => ({ at: when.earliest, kind: mark }));
    const rest = drawn.length < events.length ? ` (${events.length} events, not all drawn)` : "";
    return { kind: "events", label: `engine: ${service}${rest}`, events: drawn };
  });
}

function recoveryLanes(trial: TrialJudgement): Lane[] {
  return trial.acts.flatMap((act): Lane[] => {
    if (!act.origin) return [];
    const label = act.act === "main" ? "recovery" : `recovery, ${actLabel[act.act]}`;
    return [{ kind: "recovery", label, act, origin: act.origin }];
  });
}

export function markOf(action: string): EventMark {
  if (action === "health_status: unhealthy") return "unhealthy";
  if (action === "health_status: healthy") return "healthy";
  if (action === "die" || action === "oom" || action === "kill") return "died";
  if (action === "start" || action === "unpause") return "started";
  if (action === "restart") return "restarted";
  if (action === "stop" || action === "pause" || action === "destroy") return "stopped";
  return "other";
}

/** Round steps for an axis: labelled at `step`, on a narrow screen only every `narrow`-th of them. */
export function axisOf({ from, to, zero }: Timeline): {
  readonly ticks: { at: Instant; label: string; narrow: boolean }[];
} {
  const range = to - from;
  const steps = [
    50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  ];
  const longest = 3_600_000;
  const narrowStep = steps.find((it) => range / it <= 6) ?? longest;
  const step = steps.find((it) => range / it <= 20 && narrowStep % it === 0) ?? narrowStep;
  const first = Math.ceil((from - zero) / step);
  const lastTick = Math.floor((to - zero) / step);
  const ticks = Array.from({ length: Math.max(0, lastTick - first + 1) }, (_, index) => {
    const offset = (first + index) * step;
    return { at: later(zero, offset as Duration), label: axisLabel(offset), narrow: offset % narrowStep === 0 };
  });
  return { ticks };
}

const axisLabel = (offset: number): string =>
  `${offset < 0 ? "−" : ""}${Number((Math.abs(offset) / 1000).toFixed(2))} s`;

import { type Fact, type Journal, journalVersion, type Observer, parseJournal } from "../../journal.ts";
import type { Act, TrialPlan } from "../../plan.ts";
import type { Condition } from "../../scenario/conditions.ts";
import { ms } from "../../time.ts";

/** Small journals for tests: a story told in the trial's milliseconds, written and read back like a real one. */

/** A fact and when the journal learned it. */
export type Learned = { readonly at: number; readonly fact: Fact };

export const upOfApp = { metric: 'up{job="app"}', is: 1 } satisfies Condition;
export const probeOfApp = { probe: "http://app:8080/readyz" } satisfies Condition;
export const watchdogCounter = 'app_recovery_events_total{service="app",healer="watchdog"}';

export function actOf(over: Partial<Omit<Act, "recovery">> & { recovery?: Partial<Act["recovery"]> } = {}): Act {
  const { id = "main", expect = "recovered", goal = "recovery", faults, during = [], never = [], recovery = {} } = over;
  return {
    id,
    goal,
    faults: faults ?? (id === "restored" ? [] : [{ kind: "crash", params: { service: "app" }, at: ms(0) }]),
    during,
    never,
    recovery: {
      within: ms(5000),
      patience: ms(10_000),
      healedBy: "restart-policy",
      when: [upOfApp, probeOfApp],
      stableFor: ms(3000),
      corroboratedBy: [],
      inOrder: false,
      measuredFrom: "injection",
      ...recovery,
    },
    expect,
  };
}

export function planOf(acts: readonly Act[], over: Partial<TrialPlan> = {}): TrialPlan {
  return {
    id: "app-crash",
    scenario: "app-crash",
    claim: "When the app crashes, its restart policy brings it back",
    file: "scenarios/app/crash.yaml",
    tags: [],
    stack: { compose: "compose.yaml", overrides: {}, variables: {}, shares: [] },
    steady: { for: ms(2000), within: ms(30_000), conditions: [] },
    acts: [...acts],
    again: [],
    controls: [],
    ...over,
  };
}

export const span = (earliest: number, latest: number = earliest) => ({ earliest, latest });

export const phase = (
  name: Extract<Fact, { kind: "phase" }>["phase"],
  begin: number,
  end: number,
  act: Act["id"] = "main",
): Learned[] => [
  { at: begin, fact: { kind: "phase", act, phase: name, edge: "begin" } },
  { at: end, fact: { kind: "phase", act, phase: name, edge: "end" } },
];

export const fault = (
  stage: Extract<Fact, { kind: "fault" }>["stage"],
  from: number,
  to: number = from,
  detail = "crash of app",
  act: Act["id"] = "main",
): Learned => ({
  at: to,
  fact: {
    kind: "fault",
    act,
    stage,
    ...(stage === "announced" ? { ends: "at-once" } : {}),
    when: span(from, to),
    fault: "crash",
    detail,
  },
});

/** A held fault's end: its process was replaced, or released. */
export const ended = (how: "replaced" | "released", from: number, to: number): Learned => ({
  at: to,
  fact: {
    kind: "fault",
    act: "main",
    stage: "ended",
    how,
    when: span(from, to),
    fault: "crash",
    detail: how === "replaced" ? "the process is gone" : "the process was continued",
  },
});

/** Looks at a held fault, one each second. */
export const held = (from: number, to: number): Learned[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / 1000)) }, (_, nth) =>
    fault("held", from + nth * 1000, from + nth * 1000 + 1, "still frozen"),
  );

/** For a story's `edit`: its fault is one that lasts as long as the process. */
export const lasting = (it: Learned): Learned =>
  it.fact.kind === "fault" && it.fact.stage === "announced"
    ? { ...it, fact: { ...it.fact, ends: "with-the-process" } }
    : it;

export const engine = (
  action: string,
  when: number,
  attributes: Record<string, string> = {},
  service = "app",
): Learned => ({
  at: when + 2,
  fact: { kind: "engine", when: span(when - 1, when + 1), service, container: `${service}-1`, action, attributes },
});

export const look = (when: number, restartCount: number, startedAt: number, service = "app"): Learned => ({
  at: when,
  fact: {
    kind: "container",
    when: span(when - 5, when),
    service,
    container: `${service}-1`,
    status: "running",
    restartCount,
    restartPolicy: "always",
    startedAt: span(startedAt - 1, startedAt + 1),
  },
});

export type Item = [number, number, number] | [number, number, number, string];

/** A series and its samples, each learned when it ended, and written as a batch of its own. */
export function series(id: string, observer: Observer, everyMs: number, items: readonly Item[]): Learned[] {
  return [
    { at: 0, fact: { kind: "series", id, observer, everyMs } },
    ...items.map((item): Learned => ({ at: item[1], fact: { kind: "samples", series: id, items: [item] } })),
  ];
}

/** A series sampled at a fixed pace: its value is that of the truth at the middle of each exchange. */
export function sampled(
  id: string,
  observer: Observer,
  pace: { readonly every: number; readonly takes?: number; readonly from?: number; readonly to: number },
  valueAt: (at: number) => number,
): Learned[] {
  const { every, takes = 2, from = 0, to } = pace;
  const items: Item[] = [];
  for (let at = from; at + takes <= to; at += every) items.push([at, at + takes, valueAt(at + takes / 2)]);
  return series(id, observer, every, items);
}

/** A journal of these facts, in the order in which they were learned (equal times keep their order here). */
export function journalOf(plan: TrialPlan, learned: readonly Learned[]): Journal {
  const header: Fact = {
    kind: "header",
    version: journalVersion,
    healproof: "0.1.0",
    run: "test",
    origin: "2026-01-01T00:00:00Z",
    seed: 1,
    plan,
    machine: { cpus: 4, memoryMiB: 8192, platform: "linux x64", node: "v26", engine: "29", bootId: "boot" },
  };
  const sorted = [...learned].sort((a, b) => a.at - b.at);
  const lines = [{ at: 0, fact: header }, ...sorted].map(({ at, fact }, seq) => JSON.stringify({ seq, at, ...fact }));
  return parseJournal(`${lines.join("\n")}\n`, "test");
}

export interface Story {
  readonly act?: Act;
  readonly acts?: readonly Act[];
  readonly plan?: Partial<TrialPlan>;
  /** Spans in which the service is down; the last may be without end. The injection is at 5000. */
  readonly down?: readonly (readonly [from: number, to: number])[];
  /** The end of the observation; the undo follows. */
  readonly until?: number;
  readonly upEvery?: number;
  /** Takes the samples away that a test does not want. */
  readonly keep?: (series: string, from: number) => boolean;
  /** What happened besides: engine events, looks, counters. */
  readonly and?: readonly Learned[];
  /** Leaves facts out, or changes them. */
  readonly edit?: (learned: Learned) => Learned | undefined;
  readonly end?: "completed" | "interrupted" | "failed" | "none";
}

/** The app crashes at 5 s and its restart policy brings it back: unless the story says otherwise. */
export function tell(story: Story = {}): Journal {
  const {
    down = [[5001, 6200]],
    until = 12_000,
    upEvery = 1000,
    keep = () => true,
    and = policyRestart(),
    end = "completed",
  } = story;
  const acts = story.acts ?? [story.act ?? actOf()];
  const isUp = (at: number) => !down.some(([from, to]) => at >= from && at < to);
  const learned: Learned[] = [
    ...phase("up", 0, 1000),
    ...phase("steady", 1000, 4000),
    look(4100, 0, 500),
    ...phase("inject", 4200, 5000),
    fault("announced", 4300),
    fault("injected", 4999, 5000),
    ...phase("witness", 5000, 5020),
    fault("bitten", 5000, 5010),
    ...phase("observe", 5020, until),
    ...phase("undo", until + 100, until + 200),
    fault("undone", until + 110, until + 150, "app runs again; nothing to put back"),
    ...phase("steady-again", until + 200, until + 300),
    ...phase("evidence", until + 300, until + 400),
    ...phase("down", until + 400, until + 900),
    ...sampled('up{job="app"}', "prometheus", { every: upEvery, takes: 5, from: 150, to: until + 300 }, (at) =>
      isUp(at) ? 1 : 0,
    ),
    ...sampled("http://app:8080/readyz", "probe", { every: 10, takes: 2, from: 500, to: until + 300 }, (at) =>
      isUp(at) ? 200 : 0,
    ),
    ...and,
    ...(end === "none" ? [] : [{ at: until + 1000, fact: { kind: "end", outcome: end } } as const]),
  ];
  return journalOf(
    planOf(acts, story.plan),
    learned
      .filter(({ fact }) => fact.kind !== "samples" || fact.items.every(([from]) => keep(fact.series, from)))
      .flatMap((it) => (story.edit ? (story.edit(it) ?? []) : it)),
  );
}

/** A crash, and the restart policy's answer. */
export const policyRestart = (died = 5005, started = 5600, lookAt = 12_050): Learned[] => [
  engine("die", died, { exitCode: "137" }),
  engine("start", started),
  look(lookAt, 1, started),
];

/** A restart through the API, as the watchdog does it, in the engine's order. */
export const apiRestart = (killed = 5500, started = 5900, lookAt = 12_050): Learned[] => [
  engine("kill", killed, { signal: "15" }),
  engine("kill", killed + 100, { signal: "9" }),
  engine("die", killed + 110, { exitCode: "137" }),
  engine("stop", killed + 120),
  engine("start", started),
  engine("restart", started + 10),
  look(lookAt, 0, started),
];

/** The watchdog's counter, scraped each second, which rises by one at `at`. */
export const watchdogCounts = (at: number | undefined, to = 20_000): Learned[] =>
  sampled(watchdogCounter, "prometheus", { every: 1000, takes: 5, from: 300, to }, (now) =>
    at !== undefined && now >= at ? 1 : 0,
  );

import type { Journal } from "../../journal.ts";
import type { InconclusiveReason } from "../../judge/judgement.ts";
import type { Act, TrialPlan } from "../../plan.ts";
import type { Condition } from "../../scenario/conditions.ts";
import type { Healer } from "../../scenario/schema.ts";
import { ms } from "../../time.ts";
import { inAny, JournalScript } from "./journal-script.ts";

/** A trial told in a few words; {@link journalOf} writes the journal that it would have left. */
export interface Story {
  readonly id: string;
  readonly scenario: string;
  readonly claim: string;
  readonly service: string;
  readonly fault: "crash" | "hang";
  readonly budget: number;
  readonly healedBy: Healer;
  /** Who in fact heals, if it is another. */
  readonly healer?: Healer;
  /** How long after the fault the service answers again, ms. Absent: it does not. */
  readonly backAfter?: number;
  readonly control?: {
    readonly without: Healer;
    readonly of?: "afterwards";
    readonly because?: string;
    readonly stop?: readonly string[];
  };
  /** How long after the healer's return it answers again. */
  readonly restoredAfter?: number;
  /** A hang of the app afterwards, healed by the watchdog after so long. */
  readonly afterwards?: number;
  readonly variant?: string;
  /** Of a trial that repeats another: which one it is. */
  readonly nth?: number;
  /** The ids of those that repeat it, and of its controls, as planned. */
  readonly again?: readonly string[];
  readonly controls?: readonly string[];
  readonly uncontrolled?: string;
  readonly trouble?: InconclusiveReason;
  readonly scrapeEvery?: number;
  readonly log?: string;
  /** It dies and is started again five times a second, and never stays. */
  readonly flapping?: boolean;
}

const begin = 8_200;
const zero = 11_812;

const recoveryOf = (fault?: { kind: string; params: Record<string, unknown> }) => ({
  goal: "recovery" as const,
  faults: fault ? [{ ...fault, at: ms(0) }] : [],
  during: [],
  never: [],
});

/** Where the service, or the app afterwards, is down; and when each act's origin is. */
interface Course {
  readonly down: [number, number][];
  readonly ends: number;
}

function planOf(story: Story): TrialPlan {
  const { budget, healedBy, service } = story;
  const recovery = (of: string, by: Healer, within: number, patience = 2 * within): Act["recovery"] => ({
    within: ms(within),
    patience: ms(patience),
    healedBy: by,
    when: signalsOf(of),
    stableFor: ms(3000),
    inOrder: false,
    measuredFrom: "injection",
    corroboratedBy: [{ counter: counterOf(of, by), increases: true, within: ms(10_000) }],
  });
  const main: Act = {
    id: "main",
    ...recoveryOf({ kind: story.fault, params: { service } }),
    recovery: story.control
      ? { ...recovery(service, healedBy, budget, budget), corroboratedBy: [] }
      : recovery(service, healedBy, budget),
    expect: story.control ? "never-recovered" : "recovered",
  };
  const acts = [main];
  if (story.control && story.restoredAfter !== undefined)
    acts.push({ id: "restored", ...recoveryOf(), recovery: recovery(service, healedBy, budget), expect: "recovered" });
  if (story.afterwards !== undefined) {
    const fault = { kind: "hang", params: { service: "app" } };
    acts.push({
      id: "afterwards",
      ...recoveryOf(fault),
      recovery: recovery("app", "watchdog", 15_000),
      expect: "recovered",
    });
  }
  return {
    id: story.id,
    scenario: story.scenario,
    claim: story.claim,
    file: `scenarios/process/${story.scenario}.yaml`,
    tags: ["gate"],
    stack: {
      compose: "fixtures/stack/compose.yaml",
      prometheus: "http://prometheus:9090",
      overrides: {},
      variables: {},
      shares: [],
    },
    steady: { for: ms(2000), within: ms(30_000), conditions: acts.flatMap((it) => it.recovery.when) },
    ...(story.control && { control: { ...story.control, stop: [...(story.control.stop ?? [])] } }),
    ...(story.variant !== undefined && { variant: story.variant }),
    acts,
    ...(story.nth !== undefined && { nth: story.nth }),
    again: [...(story.again ?? [])],
    controls: [...(story.controls ?? [])],
    ...(story.uncontrolled !== undefined && { uncontrolled: story.uncontrolled }),
  };
}

export function journalOf(story: Story): Journal {
  const script = new JournalScript();
  const plan = planOf(story);
  writeHeader(script, story, plan);
  script.phase("main", "up", 4, begin - 40);
  const watched = story.control?.stop ? healerOff(script, story) : undefined;
  script.phase("main", "steady", begin, zero - 600);
  script.container(story.service, zero - 590, 1900, 0, "always");
  const course = story.flapping ? flap(script, tellMain(script, story)) : tellMain(script, story);
  const ends = course.ends;
  const frozen = story.fault === "hang";
  if (story.trouble !== "harness-error" && story.trouble !== "interrupted") tellEnd(script, story, ends);
  else if (story.trouble === "interrupted") script.tell(ends + 400, { kind: "end", outcome: "interrupted" });
  observe(script, story, course, frozen);
  watched?.();
  return script.build();
}

function writeHeader(script: JournalScript, story: Story, plan: TrialPlan): void {
  script.tell(0, {
    kind: "header",
    version: 1,
    healproof: "0.1.0",
    run: "2026-11-21-031024-4f2a",
    origin: "2026-11-21T03:10:24.512Z",
    seed: 7_301_448,
    plan,
    machine: {
      cpus: 2,
      memoryMiB: 7951,
      platform: "linux x64",
      node: "v26.10.0",
      engine: "28.5.2",
      bootId: "7d4b1a6e-52f0-4e7b-9a44-0f6f3f6a2a11",
    },
  });
  const clock = { sameKernel: true, offsetMs: 0, uncertaintyMs: 0.1, method: "same kernel (equal boot_id)" };
  for (const source of ["probe", "engine", "prometheus"]) script.tell(2000, { kind: "clock", source, ...clock });
  for (const service of ["postgres", "redis", "prometheus", "watchdog", "app"])
    script.engine(service, 1800 + service.length * 20, "start");
  script.tell(2100, {
    kind: "evidence",
    file: `evidence/${story.log ?? "app.log"}`,
    what: `what ${story.service} logged`,
  });
}

function healerOff(script: JournalScript, { control, restoredAfter, budget }: Story): () => void {
  const how = control?.stop?.join(", ") ?? "";
  const healer = control?.without ?? "unknown";
  script.tell(begin - 5, {
    kind: "healer",
    healer,
    state: "off",
    when: span(begin - 180, begin - 6),
    how: `stopped ${how}`,
  });
  return () => {
    const on = restoredAfter === undefined ? zero + budget + 400 : zero + budget + 60;
    script.tell(on + 190, { kind: "healer", healer, state: "on", when: span(on, on + 188), how: `started ${how}` });
  };
}

/** The acts, from the injection to the end of the observation. */
function tellMain(script: JournalScript, story: Story): Course {
  const { service, fault, trouble, budget, backAfter } = story;
  const what = `${fault} of ${service}`;
  if (trouble === "sick-baseline") {
    script.tell(zero + 26_000, { kind: "phase", act: "main", phase: "steady", edge: "end" });
    return { down: [[begin + 400, Number.POSITIVE_INFINITY]], ends: zero + 2000 };
  }
  script.phase("main", "inject", zero - 590, zero + 5);
  script.fault("main", "announced", fault, [zero - 588, zero - 588], `${what}; its undo is on disk`);
  script.fault("main", "injected", fault, [zero, zero + 4], what);
  script.phase("main", "witness", zero + 6, zero + 14);
  if (trouble === "fault-had-no-effect") {
    script.fault("main", "missed", fault, [zero + 5012, zero + 5012], `${what} was not seen to bite within 5.00 s`);
    return { down: [], ends: zero + 5020 };
  }
  script.fault("main", "bitten", fault, [zero + 2, zero + 9], `${what} has bitten`);
  const course = trouble === undefined ? recovering(story) : troubled(story);
  const ends = course.ends;
  const died = trouble === "harness-error";
  script.phase("main", "observe", zero + 15, died ? undefined : ends);
  if (died) {
    const facts = { wanted: "samples of http://app:8080/readyz", "last seen": "1.20 s ago" };
    script.tell(ends, { kind: "error", phase: "observe", code: "probe-lost", message: "the probe ended", facts });
    script.tell(ends + 300, { kind: "end", outcome: "failed" });
  }
  if (fault === "hang" && !died)
    hold(script, "main", zero + 10, Math.min(backAfter === undefined ? ends : zero + backAfter - 500, ends));
  const [first] = course.down;
  if (trouble === "fault-ended-early")
    script.fault("main", "ended", fault, [zero + 2400, zero + 2410], "the process was continued");
  else if (first && Number.isFinite(first[1])) heal(script, story, "main", first[1]);
  if (story.control) {
    script.engine(
      service,
      zero + (fault === "hang" ? 3140 : 6),
      fault === "hang" ? "health_status: unhealthy" : "die",
      {},
    );
    const [policy, health] = fault === "hang" ? ["always", "unhealthy"] : ["no", "starting"];
    script.container(service, zero + budget + 32, 1900, 0, policy ?? "", health);
  }
  if (story.restoredAfter !== undefined && story.control) return restored(script, story, story.restoredAfter);
  if (story.afterwards !== undefined) return afterwards(script, course, story.afterwards);
  return course;
}

/** The hand's looks at a frozen process, each second. */
function hold(script: JournalScript, act: Act["id"], from: number, to: number): void {
  for (let at = from; at + 5 < to; at += 1000) script.fault(act, "held", "hang", [at, at + 5], "still frozen");
}

function recovering({ backAfter, budget, control, trouble, healer, scrapeEvery }: Story): Course {
  if (backAfter === undefined)
    return { down: [[zero + 3, Number.POSITIVE_INFINITY]], ends: zero + (control ? budget : 2 * budget) + 30 };
  const slow = trouble === "observer-gap" ? 6500 : healer ? 11_000 : (scrapeEvery ?? 0);
  return { down: [[zero + 3, zero + backAfter]], ends: zero + backAfter + slow + 4200 };
}

function troubled(story: Story): Course {
  switch (story.trouble) {
    case "no-outage-observed":
      return { down: [], ends: zero + 2 * story.budget + 40 };
    case "fault-ended-early":
      return { down: [[zero + 3, zero + 2405]], ends: zero + 6500 };
    case "harness-error":
    case "interrupted":
      return { down: [[zero + 3, Number.POSITIVE_INFINITY]], ends: zero + 2600 };
    default:
      return recovering(story);
  }
}

/** What the engine and the fault's watch saw when the service came back. */
function heal(script: JournalScript, story: Story, act: Act["id"], back: number): void {
  const { fault } = story;
  const service = act === "afterwards" ? "app" : story.service;
  const healer = act === "afterwards" ? "watchdog" : (story.healer ?? story.healedBy);
  if (healer === "restart-policy") {
    script.engine(service, zero + 7, "die", { exitCode: "137" });
    script.engine(service, back - 310, "start");
    script.container(service, back + 3300, back - 310, 1, "always");
    return;
  }
  script.engine(service, back - 1400, "health_status: unhealthy");
  script.engine(service, back - 1290, "kill", { signal: "15" });
  script.engine(service, back - 520, "kill", { signal: "9" });
  script.engine(service, back - 500, "die", { exitCode: "137" });
  script.engine(service, back - 496, "stop");
  script.fault(
    act === "restored" ? "main" : act,
    "ended",
    act === "afterwards" ? "hang" : fault,
    [back - 500, back - 492],
    "the process is gone",
  );
  script.engine(service, back - 310, "start");
  script.engine(service, back - 306, "restart");
  script.engine(service, back + 740, "health_status: healthy");
  script.container(service, back + 3300, back - 310, 0, "always");
}

function flap(script: JournalScript, { ends }: Course): Course {
  const down: [number, number][] = [];
  for (let at = zero + 3; at < ends; at += 200) {
    script.engine("app", at, "die", { exitCode: "1" });
    script.engine("app", at + 90, "start");
    down.push([at, at + 110]);
  }
  return { down, ends };
}

function restored(script: JournalScript, story: Story, after: number): Course {
  const on = zero + story.budget + 60;
  const back = on + 188 + after;
  script.phase("restored", "observe", on + 191, back + 4200);
  hold(script, "main", zero + story.budget + 40, back - 500);
  heal(script, story, "restored", back);
  return { down: [[zero + 3, back]], ends: back + 4200 };
}

function afterwards(script: JournalScript, main: Course, after: number): Course {
  const from = main.ends + 2400;
  script.phase("afterwards", "steady", main.ends + 20, from - 400);
  script.phase("afterwards", "inject", from - 390, from + 5);
  script.fault("afterwards", "announced", "hang", [from - 388, from - 388], "hang of app; its undo is on disk");
  script.fault("afterwards", "injected", "hang", [from, from + 4], "hang of app");
  script.phase("afterwards", "witness", from + 6, from + 14);
  script.fault("afterwards", "bitten", "hang", [from + 2, from + 9], "hang of app has bitten");
  script.phase("afterwards", "observe", from + 15, from + after + 4200);
  hold(script, "afterwards", from + 10, from + after - 500);
  heal(script, { ...mainless, fault: "hang" }, "afterwards", from + after);
  return { down: [...main.down, [from + 3, from + after]], ends: from + after + 4200 };
}

const mainless: Story = {
  id: "",
  scenario: "",
  claim: "",
  service: "app",
  fault: "hang",
  budget: 15_000,
  healedBy: "watchdog",
};

function tellEnd(script: JournalScript, story: Story, ends: number): void {
  if (story.trouble === "sick-baseline") {
    const facts = { wanted: "http://app:8080/readyz answers 200", "last seen": "503, 12 ms ago" };
    const message = "the stack was not steady within 30.0 s";
    script.tell(ends + 10, { kind: "error", phase: "steady", code: "sick-baseline", message, facts });
    script.tell(ends + 900, { kind: "end", outcome: "failed" });
    return;
  }
  script.phase("main", "undo", ends + 2, ends + 60);
  if (story.fault === "hang")
    script.fault("main", "undone", "hang", [ends + 10, ends + 12], "app's frozen process is gone");
  script.phase("main", "steady-again", ends + 62, ends + 2400);
  script.phase("main", "evidence", ends + 2402, ends + 2800);
  script.phase("main", "down", ends + 2810, ends + 4400);
  script.tell(ends + 4410, { kind: "end", outcome: "completed" });
}

/** What the observers saw of it all. */
function observe(script: JournalScript, story: Story, { down, ends }: Course, frozen: boolean): void {
  const every = story.scrapeEvery ?? 1000;
  const during: [number, number] = [2200, ends + 2300];
  const holes: [number, number][] = story.trouble === "observer-gap" ? [[zero + 1500, zero + 6500]] : [];
  const services = new Set([story.service, ...(story.afterwards === undefined ? [] : ["app"])]);
  for (const service of services) {
    const own =
      story.afterwards === undefined ? down : down.filter((_, index) => (index === 0) === (service === story.service));
    const isFrozen = frozen || service !== story.service;
    script.scrapes(`up{job="${service}"}`, every, during, (at) => (inAny(own, at) ? 0 : 1), {
      holes,
      ...(isFrozen && { frozen: own }),
    });
    script.probe(probeOf(service), during, own, { frozen: isFrozen });
    const healer = service === story.service ? story.healedBy : "watchdog";
    const seen = story.trouble === undefined && (story.healer === undefined || story.healer === healer);
    const backs = seen ? own.map(([, to]) => to + 700) : [];
    script.scrapes(counterOf(service, healer), every, during, (at) => backs.filter((back) => at >= back).length);
  }
}

const span = (earliest: number, latest: number) => ({ earliest, latest });

const probeOf = (service: string): string =>
  service === "app" ? "http://app:8080/readyz" : `http://${service}:9101/healthz`;

const signalsOf = (service: string): Condition[] => [
  { metric: `up{job="${service}"}`, is: 1 },
  { probe: probeOf(service), status: 200 },
];

const counterOf = (service: string, healer: Healer): string =>
  `app_recovery_events_total{service="${service}",healer="${healer}",result="recovered"}`;

import type { Journal } from "../../journal.ts";
import { costOf } from "../../judge/cost.ts";
import type { ScenarioJudgement } from "../../judge/judgement.ts";
import { type Asked, judgeRun } from "../../judge/run.ts";
import { judgeTrial } from "../../judge/trial.ts";
import type { PlannedMatrix } from "../../plan-matrix.ts";
import type { Healer } from "../../scenario/schema.ts";
import { ms } from "../../time.ts";
import { slug } from "../anchors.ts";
import type { RunRecord } from "../run-record.ts";
import { journalOf, type Story } from "./story.ts";

/** Sample runs: journals as trials would have left them, judged by the real judge. */

export interface SampleRun {
  readonly run: RunRecord;
  readonly journals: ReadonlyMap<string, Journal>;
}

const appCrash: Story = {
  id: "app-crash",
  scenario: "app-crash",
  claim: "When the app's process is killed, the restart policy has it back and ready within 5 s",
  service: "app",
  fault: "crash",
  budget: 5000,
  healedBy: "restart-policy",
  backAfter: 842,
};

const appHang: Story = {
  id: "app-hang",
  scenario: "app-hang",
  claim: "When the app's process freezes, the watchdog restarts it and it is ready again within 15 s",
  service: "app",
  fault: "hang",
  budget: 15_000,
  healedBy: "watchdog",
  backAfter: 4230,
};

const watchdogCrash: Story = {
  id: "watchdog-crash",
  scenario: "watchdog-crash",
  claim: "When the watchdog itself is killed, it is back within 10 s, and still heals afterwards",
  service: "watchdog",
  fault: "crash",
  budget: 10_000,
  healedBy: "restart-policy",
  backAfter: 1120,
  afterwards: 4630,
};

const without = (story: Story, control: NonNullable<Story["control"]>, more: Partial<Story> = {}): Story => {
  const { backAfter: _, afterwards: __, ...rest } = story;
  return { ...rest, id: `${story.id}/without-${control.without}`, control, ...more };
};

export const shownClaim = "A frozen app stays frozen under `restart: always`; only the watchdog brings it back";

const gate: Story[] = [
  appCrash,
  without(appCrash, {
    without: "restart-policy",
    because: "Nothing but the restart policy brings a dead container back",
  }),
  appHang,
  without(appHang, { without: "watchdog", because: shownClaim, stop: ["watchdog"] }, { restoredAfter: 4480 }),
  watchdogCrash,
  without(watchdogCrash, {
    without: "restart-policy",
    because: "Nothing watches the watchdog but its restart policy",
  }),
  without(
    appHang,
    {
      without: "watchdog",
      of: "afterwards",
      because: "Nobody but the watchdog heals the app that hangs afterwards",
      stop: ["watchdog"],
    },
    {
      id: "watchdog-crash/afterwards-without-watchdog",
      scenario: watchdogCrash.scenario,
      claim: watchdogCrash.claim,
      restoredAfter: 4390,
    },
  ),
];

const named = (story: Story, scenario: string, more: Partial<Story>): Story => ({
  ...story,
  id: scenario,
  scenario,
  ...more,
});

const { backAfter: _, ...appCrashForGood } = appCrash;
const { backAfter: __, ...appHangForGood } = appHang;

/** One scenario for each way in which a trial can go wrong. */
const troubles: Story[] = [
  named(appCrash, "too-slow", { backAfter: 6310 }),
  named(appHangForGood, "never-recovered", {
    claim: "When the app's process freezes, a watchdog without its restart brings it back",
  }),
  named(appHang, "healed-by-another", { healer: "restart-policy", fault: "crash" }),
  named(appCrash, "control-recovered", {}),
  without(named(appCrash, "control-recovered", {}), { without: "restart-policy" }, { backAfter: 930 }),
  named(appHangForGood, "sick-baseline", { trouble: "sick-baseline" }),
  named(appHangForGood, "fault-had-no-effect", { trouble: "fault-had-no-effect" }),
  named(appHang, "fault-ended-early", { trouble: "fault-ended-early" }),
  named(appCrashForGood, "no-outage-observed", { trouble: "no-outage-observed" }),
  named(appHang, "observer-gap", { trouble: "observer-gap" }),
  named(appCrash, "budget-inside-uncertainty", { backAfter: 4800, scrapeEvery: 2000 }),
  named(appCrashForGood, "harness-error", { trouble: "harness-error" }),
  named(appCrashForGood, "interrupted", { trouble: "interrupted" }),
  named(appCrash, "of-a-variant", { variant: "slow-start", backAfter: 3120 }),
];

/** The three scenarios of the gate with their controls, all proven. */
export const gateRun = (): SampleRun => sampleRun(gate, []);

/** Everything that can come out of a trial, and something that was not run. */
export const everythingRun = (): SampleRun =>
  sampleRun(
    [...gate, ...troubles],
    [
      { what: "plug-loses-power", why: "the stack has no device named plug" },
      { what: "app-crash without watchdog", why: "--no-control" },
    ],
  );

/** Planned controls that were not run, and a control whose trial was not. */
export const lackingRun = (): SampleRun =>
  sampleRun(
    [
      { ...appCrash, controls: ["app-crash/without-restart-policy"] },
      without(watchdogCrash, { without: "restart-policy" }),
    ],
    [{ what: "app-crash/without-restart-policy", why: "--no-control" }],
  );

/** Ctrl-C after the first of two scenarios, before the other began. */
export function interruptedRun(): SampleRun {
  const control = "app-hang/without-watchdog";
  const { id, scenario, claim } = appHang;
  const why = "interrupted before it started";
  return sampleRun(
    gate.slice(0, 2),
    [
      { what: id, why },
      { what: control, why },
      { what: "watchdog-crash", why: "left out: tagged slow" },
    ],
    { claims: [{ id, scenario, claim, again: [], controls: [control] }] },
  );
}

/** One scenario tried five times and its control: all as claimed; or, of the third, a recovery after 6.2 s of 5 s. */
export function repeatedRun(third = 1480): SampleRun {
  const times = [842, 915, third, 1102, 2210];
  const [first, ...others] = times.map((backAfter, i): Story => {
    const nth = i + 1;
    return nth === 1 ? { ...appCrash, backAfter } : { ...appCrash, id: `app-crash/trial-${nth}`, nth, backAfter };
  });
  if (!first) throw new Error("there is a first trial");
  const again = others.map(({ id }) => id);
  return sampleRun([{ ...first, again }, ...others, without(appCrash, { without: "restart-policy" })], []);
}

const brokenHealers: { name: string; breaks: Healer; what: string }[] = [
  {
    name: "watchdog-blind",
    breaks: "watchdog",
    what: "The watchdog runs and answers, and never sees that anything is ill",
  },
  {
    name: "watchdog-liar",
    breaks: "watchdog",
    what: "The watchdog does nothing, says that it healed, and raises its counter",
  },
  {
    name: "watchdog-timid-runbook",
    breaks: "watchdog",
    what: "The watchdog's runbook removes one file of what it may",
  },
  { name: "watchdog-wrong", breaks: "watchdog", what: "The watchdog restarts another service of the stack" },
  { name: "host-units-stay-dead", breaks: "systemd", what: "The host's systemd does not restart a unit that died" },
];

const against = (story: Story, healer: string, more: Partial<Story> = {}): Story => ({
  ...story,
  id: `${story.scenario}/variant-${healer}`,
  variant: healer,
  ...more,
});

function planOf(rows: Readonly<Record<string, readonly (Story | string)[]>>, healers: PlannedMatrix["healers"]) {
  const planned: PlannedMatrix = {
    healers,
    scenarios: Object.keys(rows).map((name) => ({ name })),
    cells: Object.entries(rows).flatMap(([scenario, cells]) =>
      healers.map(({ name }, index) => {
        const it = cells[index] ?? "it does not start host";
        return { scenario, healer: name, ...(typeof it === "string" ? { whyNot: it } : { trial: it.id }) };
      }),
    ),
  };
  const stories = Object.values(rows).flatMap((cells) => cells.filter((it) => typeof it !== "string"));
  return { planned, stories };
}

const noWatchdog = "nothing in it is healed by watchdog";

/** The gate against broken healers: caught ones, two holes (one of which concerns nothing), one that stays open. */
export function matrixRun(): SampleRun {
  const { planned, stories } = planOf(
    {
      "app-crash": [noWatchdog, noWatchdog, noWatchdog, noWatchdog],
      "app-hang": [
        against(appHangForGood, "watchdog-blind"),
        against(appHangForGood, "watchdog-liar"),
        against(appHang, "watchdog-timid-runbook"),
        against(appHang, "watchdog-wrong", { trouble: "observer-gap" }),
      ],
      "watchdog-crash": [
        against(watchdogCrash, "watchdog-blind"),
        against(watchdogCrash, "watchdog-liar"),
        against(watchdogCrash, "watchdog-timid-runbook"),
        against(watchdogCrash, "watchdog-wrong"),
      ],
    },
    brokenHealers,
  );
  return sampleRun([...gate, ...stories], [{ what: "host-power-loss", why: "left out: tagged lab" }], {
    matrix: planned,
  });
}

/** Two broken healers, both caught. */
export function wholeMatrixRun(): SampleRun {
  const rows = {
    "app-crash": [noWatchdog, noWatchdog],
    "app-hang": [against(appHangForGood, "watchdog-blind"), against(appHangForGood, "watchdog-liar")],
    "watchdog-crash": [noWatchdog, noWatchdog],
  };
  const { planned, stories } = planOf(rows, brokenHealers.slice(0, 2));
  return sampleRun([...gate, ...stories], [], { matrix: planned });
}

export const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `javascript:alert('x')`,
  "a]]>b & c -- | `d`\u0000\u001b[31m\u202e\ud800",
].join(" ");

/** Names, claims, labels, messages and files that try to be markup. */
export function hostileRun(): SampleRun {
  const { run, journals } = sampleRun(
    [named(appCrashForGood, hostile, { claim: hostile, log: hostile, trouble: "harness-error" }), ...gate.slice(2, 4)],
    [{ what: hostile, why: hostile }],
  );
  const text = hostile;
  const scenarios = run.scenarios.map(
    (it): ScenarioJudgement => ({
      ...it,
      explanation: text,
      trial: {
        ...it.trial,
        variant: text,
        explanation: text,
        remarks: [{ text, seqs: [0, 1] }],
        errors: [{ text, seqs: [2] }],
        acts: it.trial.acts.map((act) => ({
          ...act,
          fault: text,
          explanation: text,
          attribution: { healer: act.attribution.healer, evidence: [{ text, seqs: [1] }] },
          corroboration: [{ condition: text, agrees: "no", evidence: { text, seqs: [3] } }],
          signals: act.signals.map((signal) => ({ ...signal, condition: text, series: text })),
        })),
      },
    }),
  );
  const trials = run.trials.map((it) => ({ ...it, folder: `javascript:alert(1)/${text}` }));
  const trial = trials[0]?.id ?? text;
  const pair = { scenario: text, healer: text };
  const matrix: RunRecord["matrix"] = {
    healers: [{ name: text, breaks: "watchdog", what: text, outcome: "refuted", explanation: text }],
    scenarios: [{ name: text, role: "catches-nothing" }],
    cells: [{ ...pair, trial, state: "missed", text }],
    outcome: "refuted",
  };
  return { run: { ...run, id: text, healproof: text, startedAt: text, scenarios, matrix, trials }, journals };
}

export function sampleRun(stories: readonly Story[], notRun: RunRecord["notRun"], asked?: Asked): SampleRun {
  const journals = new Map(stories.map((it): [string, Journal] => [it.id, journalOf(it)]));
  const judgements = [...journals.values()].map(judgeTrial);
  const judged = judgeRun(judgements, asked);
  const trials = [...journals].map(([id, journal]) => ({
    id,
    folder: `trials/${slug(id)}`,
    up: ms(8160),
    total: ms(journal.at(-1)?.at ?? 0),
  }));
  const run: RunRecord = {
    version: 1,
    healproof: "0.1.0",
    id: "2026-11-21-031024-4f2a",
    startedAt: "2026-11-21T03:10:24.512Z",
    ...judged,
    notRun,
    trials,
    cost: { wall: ms(61_234), floor: costOf(judgements, trials) },
  };
  return { run, journals };
}

import { expect, test } from "vitest";
import { builtInFaults } from "./fault/registry.ts";
import { type TrialPlan, trialPlan } from "./plan.ts";
import { planTrials } from "./plan-trials.ts";
import { type LoadedScenario, loadScenarios } from "./scenario/load.ts";
import { goodTextWith, load } from "./scenario/testing.ts";

const up = { metric: 'up{job="app"}', is: 1 };
const ready = { probe: "http://app:8080/readyz", status: 200 };
const counter = { counter: 'recoveries_total{service="app"}', increases: true, within: 10_000 };
const control = 'controls:\n  - without: restart-policy\n    override: { app: { restart: "no" } }\n';

async function loadOne(...changes: [from: string, to: string][]): Promise<LoadedScenario> {
  const [loaded] = await load({ "scenarios/it.yaml": goodTextWith(...changes) });
  if (loaded === undefined) throw new Error("nothing was loaded");
  return loaded;
}

/** The plans of the good scenario with parts replaced; the main plan first. */
async function planned(...changes: [from: string, to: string][]): Promise<TrialPlan[]> {
  return planTrials(await loadOne(...changes), { control: true });
}

const hanging: [string, string][] = [
  ["{ crash:", "{ hang:"],
  ["healedBy: restart-policy", "healedBy: watchdog"],
  [control, "controls:\n  - without: watchdog\n    stop: [watchdog]\n"],
];

test("a trial and its control: everything that was left out is filled in", async () => {
  const loaded = await loadOne();
  const recovery = {
    within: 5000,
    healedBy: "restart-policy",
    inOrder: false,
    measuredFrom: "injection",
    when: [up, ready],
    stableFor: 3000,
  };
  const common = {
    scenario: "app-crash",
    claim: "When the app is killed, it is back within 5 s",
    file: "scenarios/it.yaml",
    tags: ["gate"],
    steady: { for: 2000, within: 30_000, conditions: [up, ready] },
  };
  const stack = { compose: loaded.compose, prometheus: "http://prometheus:9090" };
  const crash = {
    goal: "recovery",
    faults: [{ kind: "crash", params: { service: "app" }, at: 0 }],
    during: [],
    never: [],
  };
  expect(planTrials(loaded, { control: true })).toEqual([
    {
      ...common,
      id: "app-crash",
      stack: { ...stack, overrides: {}, variables: {}, shares: [] },
      acts: [
        {
          id: "main",
          ...crash,
          recovery: { ...recovery, patience: 10_000, corroboratedBy: [counter] },
          expect: "recovered",
        },
      ],
      again: [],
      controls: ["app-crash/without-restart-policy"],
    },
    {
      ...common,
      id: "app-crash/without-restart-policy",
      stack: { ...stack, overrides: { app: { restart: "no" } }, variables: {}, shares: [] },
      control: { without: "restart-policy", stop: [] },
      acts: [
        {
          id: "main",
          ...crash,
          recovery: { ...recovery, patience: 5000, corroboratedBy: [] },
          expect: "never-recovered",
        },
      ],
      again: [],
      controls: [],
    },
  ]);
});

test("without controls there is the trial alone, and it still says which are lacking", async () => {
  const plans = planTrials(await loadOne(), { control: false });
  expect(plans.map(({ id, controls }) => [id, controls])).toEqual([
    ["app-crash", ["app-crash/without-restart-policy"]],
  ]);
});

test("what is tried several times is the same trial with ids of its own; the first names them, the controls come once", async () => {
  const loaded = await loadOne();
  const once = planTrials(loaded, { control: true });
  const [first, second, third, control, ...more] = planTrials(loaded, { control: true, trials: 3 });
  expect(more).toEqual([]);
  expect(first).toEqual({ ...once[0], again: ["app-crash/trial-2", "app-crash/trial-3"] });
  expect(second).toEqual({ ...once[0], id: "app-crash/trial-2", nth: 2, controls: [] });
  expect(third).toEqual({ ...second, id: "app-crash/trial-3", nth: 3 });
  expect(control).toEqual(once[1]);
});

test("a scenario says itself how often it is tried, and the command line may say otherwise", async () => {
  const loaded = await loadOne(["name: app-crash", "name: app-crash\ntrials: 2"]);
  expect(planTrials(loaded, { control: false })).toHaveLength(2);
  expect(planTrials(loaded, { control: false, trials: 1 })).toHaveLength(1);
});

test("a healer that is switched on again is an act of its own: no fault, its own budget, the same evidence", async () => {
  const [, off] = await planned(...hanging, [
    "expect: never-recovered",
    "because: nobody else heals a hang\n    expect: never-recovered\n    restored: { within: 7s }",
  ]);
  expect(off?.control).toEqual({ without: "watchdog", because: "nobody else heals a hang", stop: ["watchdog"] });
  expect(off?.acts.map((it) => [it.id, it.expect])).toEqual([
    ["main", "never-recovered"],
    ["restored", "recovered"],
  ]);
  expect(off?.acts[1]).toEqual({
    id: "restored",
    goal: "recovery",
    faults: [],
    during: [],
    never: [],
    recovery: {
      inOrder: false,
      measuredFrom: "injection",
      within: 7000,
      patience: 14_000,
      healedBy: "watchdog",
      when: [up, ready],
      stableFor: 3000,
      corroboratedBy: [counter],
    },
    expect: "recovered",
  });
});

test("a restored healer is the one that the control was without", async () => {
  const other = "  - { without: watchdog, stop: [watchdog], expect: never-recovered, restored: { within: 7s } }\n";
  const [, , off] = await planned(["expect: never-recovered\n", `expect: never-recovered\n${other}`]);
  expect(off?.acts.map((it) => it.recovery.healedBy)).toEqual(["restart-policy", "watchdog"]);
});

const afterwards: [string, string] = [
  "controls:",
  `\
afterwards:
  fault: { hang: { service: redis } }
  recovery:
    within: 8s
    healedBy: watchdog
    when:
      - { probe: http://app:8080/readyz }
      - { probe: tcp://redis:6379 }
controls:
  - { without: watchdog, of: afterwards, stop: [watchdog], expect: never-recovered }`,
];

test("what is broken afterwards is an act of the trial, not of its control", async () => {
  const [trial, , off] = await planned(afterwards);
  expect(trial?.acts.map((it) => [it.id, it.faults, it.recovery.healedBy, it.recovery.patience])).toEqual([
    ["main", [{ kind: "crash", params: { service: "app" }, at: 0 }], "restart-policy", 10_000],
    ["afterwards", [{ kind: "hang", params: { service: "redis" }, at: 0 }], "watchdog", 16_000],
  ]);
  expect(off?.id).toBe("app-crash/without-restart-policy");
  expect(off?.acts.map((it) => it.id)).toEqual(["main"]);
});

test("a control of what is broken afterwards: that alone, with its own budget, conditions and healer", async () => {
  const [trial, off] = await planned(afterwards);
  expect(trial?.controls).toEqual(["app-crash/afterwards-without-watchdog", "app-crash/without-restart-policy"]);
  const redis = { probe: "tcp://redis:6379" };
  const answers = { probe: "http://app:8080/readyz" };
  expect(off).toMatchObject({
    id: "app-crash/afterwards-without-watchdog",
    control: { without: "watchdog", of: "afterwards", stop: ["watchdog"] },
    steady: { conditions: [answers, redis] },
  });
  expect(off?.acts).toEqual([
    {
      id: "main",
      goal: "recovery",
      faults: [{ kind: "hang", params: { service: "redis" }, at: 0 }],
      during: [],
      never: [],
      recovery: {
        within: 8000,
        inOrder: false,
        measuredFrom: "injection",
        patience: 8000,
        healedBy: "watchdog",
        when: [answers, redis],
        stableFor: 3000,
        corroboratedBy: [],
      },
      expect: "never-recovered",
    },
  ]);
});

test("a healer that is switched on again in a control of afterwards heals what was broken afterwards", async () => {
  const [, off] = await planned(afterwards, [
    "expect: never-recovered }",
    "expect: never-recovered, watchedFor: 9s, restored: { within: 7s } }",
  ]);
  expect(off?.acts.map(({ id, recovery }) => [id, recovery.within, recovery.patience, recovery.when.length])).toEqual([
    ["main", 8000, 9000, 2],
    ["restored", 7000, 14_000, 2],
  ]);
});

test("controls without the same healer, of the one act and of the other, have ids of their own", async () => {
  const plans = await planned(afterwards, [
    "controls:\n",
    `controls:
  - { without: watchdog, stop: [watchdog], expect: never-recovered }
  - { without: watchdog, of: afterwards, override: { watchdog: { restart: "no" } }, expect: never-recovered }
`,
  ]);
  expect(plans.map((it) => it.id)).toEqual([
    "app-crash",
    "app-crash/without-watchdog",
    "app-crash/afterwards-without-watchdog",
    "app-crash/afterwards-without-watchdog-2",
    "app-crash/without-restart-policy",
  ]);
});

test("what can only come true after the fault is no part of the steady state, unless it is asked for there", async () => {
  const waited: [string, string] = [", status: 200 }", ", status: 200 }\n    - { log: app, matches: connected }"];
  expect((await planned(waited)).map((it) => it.steady.conditions)).toEqual([
    [up, ready],
    [up, ready],
  ]);
  const asked: [string, string] = ["fault:", "steady: { conditions: [{ log: app, matches: alive }] }\nfault:"];
  expect((await planned(waited, asked))[0]?.steady.conditions).toEqual([{ log: "app", matches: "alive" }, up, ready]);
});

test("the steady state is what is asked for, then what every act waits for, each once", async () => {
  const steady: [string, string] = [
    "fault:",
    "steady: { for: 1s, within: 9s, conditions: [{ probe: tcp://app:8080 }, { metric: 'up{job=\"app\"}', is: 1 }] }\nfault:",
  ];
  const [trial, ofAfterwards, off] = await planned(afterwards, steady);
  const app = { probe: "tcp://app:8080" };
  expect(trial?.steady).toEqual({
    for: 1000,
    within: 9000,
    conditions: [app, up, ready, { probe: "tcp://redis:6379" }],
  });
  expect(off?.steady.conditions).toEqual([app, up, ready]);
  const answers = { probe: "http://app:8080/readyz" };
  expect(ofAfterwards?.steady.conditions).toEqual([app, up, answers, { probe: "tcp://redis:6379" }]);
});

test.each([
  ["within: 5s", "within: 5s\n  patience: 30s", 30_000],
  ["within: 5s", "within: 5s", 10_000],
  ["within: 5s", "within: 1s", 4000], // 1 s of budget and 3 s to see that it lasts
])("patience: %s -> %s is %i ms", async (from, to, patience) => {
  const [trial] = await planned([from, to]);
  expect(trial?.acts[0]?.recovery.patience).toBe(patience);
});

test("a control is watched for the budget, or for as long as it says; the trial's patience is not its own", async () => {
  const patient: [string, string] = ["within: 5s", "within: 5s\n  patience: 30s"];
  const [, budget] = await planned(patient);
  expect(budget?.acts[0]?.recovery.patience).toBe(5000);
  const [, told] = await planned(patient, ["expect: never-recovered", "expect: never-recovered\n    watchedFor: 20s"]);
  expect(told?.acts[0]?.recovery.patience).toBe(20_000);
});

test("a restored healer's patience follows from its own budget, not from the trial's", async () => {
  const [, off] = await planned(
    ...hanging,
    ["within: 5s", "within: 5s\n  patience: 60s"],
    ["expect: never-recovered", "expect: never-recovered\n    restored: { within: 7s }"],
  );
  expect(off?.acts[1]?.recovery.patience).toBe(14_000);
});

test("two controls without the same healer have ids of their own", async () => {
  const twice = `${control}    expect: never-recovered\n${control.slice("controls:\n".length)}    because: once more\n`;
  const plans = await planned([control, twice]);
  expect(plans.map((it) => it.id)).toEqual([
    "app-crash",
    "app-crash/without-restart-policy",
    "app-crash/without-restart-policy-2",
  ]);
});

test("a variant changes the stack of every trial; a control's own changes come on top", async () => {
  const overrides = {
    app: { restart: "always" as const, environment: { MODE: "slow", LEVEL: "1" } },
    redis: { image: "redis:broken" },
  };
  const loaded = await loadOne(['restart: "no"', 'restart: "no", environment: { LEVEL: "2" }']);
  const plans = planTrials(loaded, { control: true, variant: "slow", overrides });
  expect(plans.map(({ id, variant, stack }) => ({ id, variant, overrides: stack.overrides }))).toEqual([
    { id: "app-crash/variant-slow", variant: "slow", overrides },
    {
      id: "app-crash/variant-slow/without-restart-policy",
      variant: "slow",
      overrides: {
        app: { restart: "no", environment: { MODE: "slow", LEVEL: "2" } },
        redis: { image: "redis:broken" },
      },
    },
  ]);
});

test("a change to a service that the stack lacks is refused, with the one that was meant", async () => {
  const loaded = await loadOne();
  expect(() => planTrials(loaded, { control: true, overrides: { watchdgo: { image: "x" } } })).toThrow(
    /^no service "watchdgo" in .*compose\.yaml, so it cannot be changed there; did you mean "watchdog"\?$/,
  );
});

test("the stack's services are the scenario's", async () => {
  const [trial] = await planned(["fault:", "  services: [app, prometheus]\nfault:"]);
  expect(trial?.stack.services).toEqual(["app", "prometheus"]);
});

test("every plan of ours is what a journal can hold: written and read back, it is the same", async () => {
  const loaded = await loadScenarios([], { faults: builtInFaults, root: `${import.meta.dirname}/..` });
  const plans = loaded.flatMap((it) => planTrials(it, { control: true }));
  expect(plans.length).toBeGreaterThan(loaded.length);
  expect(new Set(plans.map((it) => it.id)).size).toBe(plans.length);
  for (const plan of plans) expect(trialPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
});

import { describe, expect, test } from "vitest";
import { builtInFaults } from "./fault/registry.ts";
import { trialPlan } from "./plan.ts";
import { planMatrix } from "./plan-matrix.ts";
import { type BrokenHealer, loadBrokenHealers } from "./scenario/broken-healers.ts";
import { type LoadedScenario, loadScenarios } from "./scenario/load.ts";
import { goodTextWith, load } from "./scenario/testing.ts";

const broken = (over: Partial<BrokenHealer> = {}): BrokenHealer => ({
  name: "app-stays-dead",
  breaks: "restart-policy",
  what: "The app is not started again",
  override: { app: { restart: "no" } },
  ...over,
});
const blind = broken({
  name: "watchdog-blind",
  breaks: "watchdog",
  override: { watchdog: { command: ["node", "blind.js"] } },
});

async function scenario(...changes: [from: string, to: string][]): Promise<LoadedScenario> {
  const [loaded] = await load({ "scenarios/it.yaml": goodTextWith(...changes) });
  if (loaded === undefined) throw new Error("nothing was loaded");
  return loaded;
}

/** Why the pair is no concern of each other; undefined where it is. */
async function whyNot(healer: BrokenHealer, ...changes: [from: string, to: string][]): Promise<string | undefined> {
  return planMatrix([await scenario(...changes)], [healer]).matrix.cells[0]?.whyNot;
}

const goalInPlaceOfRecovery = (goal: string): [string, string][] => {
  const text = goodTextWith();
  const recovery = text.slice(text.indexOf("recovery:"), text.indexOf("controls:"));
  return [
    [recovery, `${goal}\n`],
    [text.slice(text.indexOf("controls:")), "uncontrolled: there is nothing to switch off here\n"],
  ];
};
const holds = goalInPlaceOfRecovery("holds: { for: 4s, within: 2s, when: [{ probe: tcp://redis:6379 }] }");
const escalation = goalInPlaceOfRecovery("escalation: { within: 9s, when: [{ probe: tcp://redis:6379 }] }");

describe("a scenario's trial against a broken healer", () => {
  test("is its own trial on the changed stack, alone, under a name of its own", async () => {
    const { matrix, trials } = planMatrix([await scenario()], [broken()]);
    expect(trials).toHaveLength(1);
    expect(trials[0]).toMatchObject({
      id: "app-crash/variant-app-stays-dead",
      scenario: "app-crash",
      variant: "app-stays-dead",
      stack: { overrides: { app: { restart: "no" } } },
      acts: [{ id: "main", expect: "recovered" }],
      controls: [],
    });
    expect(trials[0]).not.toHaveProperty("control");
    expect(matrix).toEqual({
      healers: [{ name: "app-stays-dead", breaks: "restart-policy", what: "The app is not started again" }],
      scenarios: [{ name: "app-crash" }],
      cells: [{ scenario: "app-crash", healer: "app-stays-dead", trial: "app-crash/variant-app-stays-dead" }],
    });
  });

  test.each([
    ["a recovery", [], 8000],
    ["one that is patient", [["within: 5s", "within: 5s\n  patience: 60s"]], 8000],
    ["a state that holds", holds, 6000],
    ["an escalation", escalation, 12_000],
  ] satisfies [string, [string, string][], number][])(
    "is watched for its budget and its stability window: %s",
    async (_, changes, patience) => {
      const healer = { ...blind, breaks: changes.length < 2 ? ("restart-policy" as const) : ("watchdog" as const) };
      const { trials } = planMatrix([await scenario(...changes)], [healer]);
      expect(trials[0]?.acts.map((it) => it.recovery.patience)).toEqual([patience]);
    },
  );
});

describe("a broken healer concerns a scenario", () => {
  test("that is healed by its kind and starts all that it changes", async () => {
    expect(await whyNot(broken())).toBeUndefined();
    expect(await whyNot(broken({ override: { redis: { restart: "no" } } }))).toBeUndefined();
  });

  test("not where something that it changes is not started", async () => {
    const some: [string, string] = ["fault:", "  services: [app, prometheus]\nfault:"];
    const both = broken({ override: { app: { restart: "no" }, watchdog: { restart: "no" } } });
    expect(await whyNot(both, some)).toBe("it does not start watchdog");
    // The app depends on redis, so that is started with it.
    expect(await whyNot(broken({ override: { redis: { restart: "no" } } }), some)).toBeUndefined();
  });

  test("not where its kind of healer plays no part", async () => {
    expect(await whyNot(blind)).toBe("nothing in it is healed by watchdog");
  });

  test("also where its kind heals only what is broken afterwards", async () => {
    const afterwards: [string, string] = [
      "controls:",
      `afterwards:
  fault: { hang: { service: app } }
  recovery: { within: 8s, healedBy: watchdog, when: [{ probe: http://app:8080/readyz }] }
uncontrolled: nobody else could heal what is broken afterwards
controls:`,
    ];
    expect(await whyNot(blind, afterwards)).toBeUndefined();
  });

  test("also where only a control names its kind", async () => {
    const control = "  - { without: watchdog, stop: [watchdog], expect: never-recovered }\n";
    expect(await whyNot(blind, ["controls:\n", `controls:\n${control}`])).toBeUndefined();
  });

  test.each([
    ["a person is to be called", escalation],
    ["something is to stay so", holds],
  ])("where nobody is to heal, but %s: if it is a watchdog that is started", async (_, changes) => {
    expect(await whyNot(blind, ...changes)).toBeUndefined();
    expect(await whyNot(broken(), ...changes)).toBe("nothing in it is healed by restart-policy");
    const without: [string, string] = ["fault:", "  services: [app, prometheus]\nfault:"];
    expect(await whyNot(blind, ...changes, without)).toBe("it does not start watchdog");
  });

  test("not where the scenario itself sets what would be changed: it would no longer be that scenario", async () => {
    const own: [string, string] = ["fault:", "  override: { app: { environment: { MODE: deep } } }\nfault:"];
    const environment = (name: string) => broken({ override: { app: { environment: { [name]: "x" } } } });
    expect(await whyNot(environment("MODE"), own)).toBe("it sets MODE of app itself");
    expect(await whyNot(environment("OTHER"), own)).toBeUndefined();
    expect(await whyNot(broken(), own)).toBeUndefined();
    const restart: [string, string] = ["fault:", '  override: { app: { restart: "no" } }\nfault:'];
    expect(await whyNot(broken(), restart)).toBe("it sets restart of app itself");
  });

  test("where nobody can tell what else is started: if it is named, or all are", async () => {
    const { started: _, ...all } = await scenario();
    const { started: __, ...some } = await scenario(["fault:", "  services: [app, prometheus]\nfault:"]);
    const redis = broken({ name: "redis", override: { redis: { restart: "no" } } });
    const cells = planMatrix([all, some], [broken(), redis]).matrix.cells;
    expect(cells.map((it) => it.whyNot)).toEqual([undefined, undefined, undefined, "it does not start redis"]);
    expect(cells.map((it) => it.healer)).toEqual(["app-stays-dead", "app-stays-dead", "redis", "redis"]);
  });
});

test("the matrix has a cell for each pair, and a trial for each that concern each other", async () => {
  const root = `${import.meta.dirname}/..`;
  const loaded = await loadScenarios([], { faults: builtInFaults, root });
  const healers = await loadBrokenHealers("scenarios/broken-healers.yaml", loaded, { root });
  const { matrix, trials } = planMatrix(loaded, healers);
  expect(matrix.cells).toHaveLength(loaded.length * healers.length);
  expect(matrix.cells.flatMap((it) => it.trial ?? [])).toEqual(trials.map((it) => it.id));
  // One broken healer after the other.
  const order = healers.map((it) => it.name);
  const nth = trials.map((it) => order.indexOf(it.variant ?? ""));
  expect(nth).toEqual(nth.toSorted((a, b) => a - b));
  for (const it of matrix.cells) expect([it.trial, it.whyNot].filter((it) => it !== undefined)).toHaveLength(1);
  const ids = trials.map((it) => it.id);
  expect(ids).toContain("app-hang/variant-watchdog-blind");
  expect(new Set(ids).size).toBe(ids.length);
  for (const plan of trials) expect(trialPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
});

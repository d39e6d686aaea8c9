import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Scene } from "./breakage.ts";
import { hostNow, TrialClock } from "./clock.ts";
import { exitCode, KnownError } from "./errors.ts";
import { type AnyFault, defineFault } from "./fault/define.ts";
import { noHand, noStack, noWire } from "./fault/testing/no-tools.ts";
import { FaultSchedule } from "./fault-schedule.ts";
import type { Fact } from "./journal.ts";
import type { FaultCall } from "./plan.ts";
import { ms } from "./time.ts";
import { leftToUndo } from "./undo.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "healproof-schedule-"));
  vi.stubEnv("XDG_STATE_HOME", state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const notReached = () => Promise.reject(new Error("not reached"));

type Step = (name: string) => Promise<void>;

interface Over {
  readonly bites?: boolean;
  readonly ends?: AnyFault["ends"];
  readonly aims?: Step;
  readonly breaks?: Step;
  readonly heals?: Step;
}

function fixture(over: Over = {}) {
  const did: string[] = [];
  const facts: Extract<Fact, { kind: "fault" }>[] = [];
  const fault: AnyFault = defineFault({
    kind: "break",
    summary: "",
    params: z.strictObject({ service: z.string(), replica: z.unknown().optional() }),
    aimed: z.strictObject({ name: z.string() }),
    ends: over.ends ?? "at-once",
    lasts: true,
    describe: ({ service }) => `break of ${service}`,
    async aim(_tools, { service, replica }) {
      await over.aims?.(service);
      return { name: `${service}${replica === undefined ? "" : `-${replica}`}` };
    },
    async inject(_tools, { name }) {
      did.push(`break ${name}, ${leftToUndo({ all: true }).entries.length} on disk`);
      await over.breaks?.(name);
      const now = hostNow();
      return { from: now, to: now };
    },
    witness: async () => (over.bites === false ? undefined : { from: hostNow(), to: hostNow() }),
    async undo(_tools, { name }) {
      did.push(`undo ${name}`);
      await over.heals?.(name);
      return "whole again";
    },
  });
  const clock = new TrialClock();
  const scene: Scene = {
    stack: {
      project: "healproof-r1-1",
      services: [],
      networks: [],
      again: notReached,
      down: notReached,
      containers: {
        ...noStack,
        replicas: async () => [1, 2, 3],
        look: notReached,
        lookAt: notReached,
        followLog: notReached,
        stopService: notReached,
        startService: notReached,
        exec: notReached,
        logs: notReached,
        logSize: notReached,
      },
    },
    hand: noHand,
    wire: noWire,
    clock,
    run: "r1",
    trial: "t",
    project: "healproof-r1-1",
    write: (fact) => {
      if (fact.kind === "fault") facts.push(fact);
    },
    changed: () => undefined,
    lost: () => undefined,
  };
  const scheduleBefore = (afterwards: FaultCall[], ...faults: FaultCall[]) =>
    new FaultSchedule({
      scene,
      act: { id: "main", faults },
      faults: [fault],
      random: () => 0.5,
      witnessWithin: ms(100),
      afterwards,
    });
  const schedule = (...faults: FaultCall[]) => scheduleBefore([], ...faults);
  return { clock, did, facts, schedule, scheduleBefore };
}

const call = (service: string, at = 0, lasts?: number, more: Record<string, unknown> = {}): FaultCall => ({
  kind: "break",
  params: { service, ...more },
  at: ms(at),
  ...(lasts === undefined ? {} : { for: ms(lasts) }),
});

const unexpected = (why: unknown) => {
  throw why;
};

test("what comes first is injected at once, the rest at its time, and what has a time is lifted when that is over", async () => {
  const { clock, did, facts, schedule } = fixture();
  const it = schedule(call("app"), call("redis", 0, 1000), call("postgres", 30, 1500));
  await it.announceFirst();
  const began = clock.now();
  await it.injectFirst();
  expect(did).toEqual(["break app, 2 on disk", "break redis, 2 on disk"]);
  expect(await it.witnessFirst()).toBe(true);
  expect(it.over).toBe(false);
  it.start(unexpected);
  await vi.waitUntil(() => it.over, { interval: 2, timeout: 20_000 });
  expect(did.slice(2)).toEqual(["break postgres, 3 on disk", "undo redis", "undo postgres"]);
  await it.putBack();
  expect(did.slice(5)).toEqual(["undo app"]);
  expect(leftToUndo({ all: true }).entries).toEqual([]);
  const stages = (nth: number) => facts.filter((fact) => fact.nth === nth).map(({ stage }) => stage);
  expect(stages(0)).toEqual(["announced", "injected", "bitten", "undone"]);
  expect(stages(1)).toEqual(["announced", "injected", "bitten", "lifted"]);
  expect(stages(2)).toEqual(["announced", "injected", "bitten", "lifted"]);
  const injected = facts.filter(({ stage }) => stage === "injected").map(({ when }) => when.earliest);
  expect((injected[2] ?? 0) - began).toBeGreaterThanOrEqual(30);
});

test("putting back ends what was still to come, and undoes the last first", async () => {
  const { did, schedule } = fixture();
  const it = schedule(call("app"), call("redis"), call("postgres", 60_000), call("payments", 0, 60_000));
  await it.announceFirst();
  await it.injectFirst();
  await it.witnessFirst();
  it.start(unexpected);
  await it.putBack();
  expect(did.filter((text) => text.startsWith("undo"))).toEqual(["undo payments", "undo redis", "undo app"]);
  expect(did).toHaveLength(6);
  await it.putBack();
  expect(did).toHaveLength(6);
});

test("what was only announced is not put back, as nothing was broken", async () => {
  const { did, facts, schedule } = fixture();
  const it = schedule(call("app"));
  await it.announceFirst();
  await it.putBack();
  expect(did).toEqual([]);
  expect(facts.map(({ stage, detail }) => [stage, detail])).toEqual([
    ["undone", "break of app was not injected; nothing to put back"],
  ]);
  expect(leftToUndo({ all: true }).entries).toEqual([]);
});

test("one that has not bitten is told, and all are put back all the same", async () => {
  const { did, facts, schedule } = fixture({ bites: false });
  const it = schedule(call("app"));
  await it.announceFirst();
  await it.injectFirst();
  expect(await it.witnessFirst()).toBe(false);
  expect(facts.at(-1)?.stage).toBe("missed");
  await it.putBack();
  expect(did.at(-1)).toBe("undo app");
});

test.each([
  ["at-once", "may have bitten as soon as it was injected"],
  ["by-healing", "has bitten when that was seen"],
] as const)("one that ends %s %s", async (ends, _) => {
  const { facts, schedule } = fixture({ ends });
  const it = schedule(call("app"));
  await it.announceFirst();
  await it.injectFirst();
  await it.witnessFirst();
  const when = (wanted: string) => facts.find(({ stage }) => stage === wanted)?.when.earliest ?? Number.NaN;
  const sinceInjection = when("bitten") - when("injected");
  if (ends === "at-once") expect(sinceInjection).toBe(0);
  else expect(sinceInjection).toBeGreaterThan(0);
  await it.putBack();
});

test("what goes wrong with one that comes later is told, and its undo is kept to be done", async () => {
  const breaks = async (name: string) => {
    if (name === "redis") throw new Error("no such process");
  };
  const { did, schedule } = fixture({ breaks });
  const it = schedule(call("app"), call("redis", 5));
  await it.announceFirst();
  await it.injectFirst();
  const why = await new Promise((tell) => it.start(tell));
  expect(why).toEqual(new Error("no such process"));
  await it.putBack();
  expect(did.slice(-2)).toEqual(["undo redis", "undo app"]);
});

test("one that cannot be put back keeps no other from it, and alone is tried again", async () => {
  const stuck = new Set(["payments", "redis"]);
  const heals = async (name: string) => {
    if (stuck.has(name)) throw new Error(`${name} is stuck`);
  };
  const { did, schedule } = fixture({ heals });
  const it = schedule(call("app"), call("redis"), call("postgres"), call("payments"));
  await it.announceFirst();
  await it.injectFirst();
  await expect(it.putBack()).rejects.toMatchObject({
    code: "several-errors",
    facts: { "1": "payments is stuck", "2": "redis is stuck" },
  });
  expect(did.slice(4)).toEqual(["undo payments", "undo postgres", "undo redis", "undo app"]);
  stuck.delete("redis");
  await expect(it.putBack()).rejects.toThrow(new Error("payments is stuck"));
  expect(did.slice(8)).toEqual(["undo payments", "undo redis"]);
  expect(leftToUndo({ all: true }).entries.map((entry) => entry.what)).toEqual(["break of payments"]);
});

test("where one of several cannot be injected, nothing is put back before the others are", async () => {
  const { promise: slow, resolve: goOn } = Promise.withResolvers<void>();
  const breaks = async (name: string) => {
    if (name === "redis") throw new Error("no such process");
    await slow;
  };
  const { did, schedule } = fixture({ breaks });
  const it = schedule(call("app"), call("redis"));
  await it.announceFirst();
  const injected = it.injectFirst().finally(() => did.push("over"));
  setTimeout(() => {
    did.push("app is broken");
    goOn();
  }, 20);
  await expect(injected).rejects.toThrow("no such process");
  expect(did.slice(2)).toEqual(["app is broken", "over"]);
});

describe("what comes later", () => {
  const aims = (why: unknown) => async (service: string) => {
    if (service === "nope") throw why;
  };
  const wrong = new KnownError("no-such-link", "there is no nope", { exitCode: exitCode.usage });
  const notYet = new KnownError("nothing-to-break", "nope does not run", { exitCode: exitCode.inconclusive });

  test.each([
    ["in the same act", [call("app"), call("nope", 5000)], []],
    ["in the act after it", [call("app")], [call("nope")]],
  ])("%s, and names what is not there, is refused before anything is touched", async (_, faults, afterwards) => {
    const { did, facts, scheduleBefore } = fixture({ aims: aims(wrong) });
    await expect(scheduleBefore(afterwards, ...faults).announceFirst()).rejects.toBe(wrong);
    expect(leftToUndo({ all: true }).entries).toEqual([]);
    expect([did, facts]).toEqual([[], []]);
  });

  test("and cannot be aimed at yet is no reason not to begin", async () => {
    const { did, schedule } = fixture({ aims: aims(notYet) });
    const it = schedule(call("app"), call("nope", 60_000));
    await it.announceFirst();
    await it.injectFirst();
    await it.putBack();
    expect(did).toEqual(["break app, 1 on disk", "undo app"]);
  });
});

test("any replica is one of those there are, drawn by the trial's own chance", async () => {
  const { did, schedule } = fixture();
  const it = schedule(call("app", 0, undefined, { replica: "any" }));
  await it.announceFirst();
  await it.injectFirst();
  await it.putBack();
  expect(did[0]).toContain("break app-2");
});

test("a fault that nobody knows is an error before anything is broken", () => {
  const { schedule } = fixture();
  expect(() => schedule({ kind: "meteor", params: {}, at: ms(0) })).toThrow(/no fault "meteor"/);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hostNow, TrialClock } from "./clock.ts";
import { noHand } from "./fault/testing/no-tools.ts";
import { PretendHost } from "./fault/testing/pretend-host.ts";
import { recordsOf } from "./journal.ts";
import { JournalWriter } from "./journal-file.ts";
import { Observers, type ObserversOrder } from "./observers.ts";
import type { ContainerLook } from "./stack/stack.ts";
import { ms } from "./time.ts";

let folder: string;
let journal: JournalWriter;
let clock: TrialClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-observers-"));
  clock = new TrialClock();
  journal = new JournalWriter(join(folder, "journal.ndjson"), () => clock.now());
});

afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const looked = (startedAtUnixMs: number): ContainerLook => ({
  service: "app",
  container: "c",
  pid: 1,
  running: true,
  paused: false,
  status: "running",
  restartCount: 0,
  restartPolicy: "always",
  startedAtUnixMs,
});

/** Observers that are lost when told, on a stack whose container was started when told. */
function setting(over: Partial<ObserversOrder> = {}) {
  const it = { startedAt: 1000, lose: [] as ((why: unknown) => void)[], ended: 0, lost: [] as unknown[], hands: 1 };
  const observers = new Observers({
    attach: async () => {
      const { promise, reject } = Promise.withResolvers<never>();
      it.lose.push(reject);
      return {
        lost: promise,
        engineClock: {
          sameKernel: true,
          offsetMs: 0,
          uncertaintyMs: 0,
          method: "",
          toHost: (from) => ({ from, to: from }),
        },
        [Symbol.asyncDispose]: async () => {
          it.ended++;
        },
      };
    },
    hands: {
      now: noHand,
      renew: async () => {
        it.hands++;
      },
    },
    host: undefined,
    containers: { look: async () => [looked(it.startedAt)], lookAt: async () => looked(it.startedAt) },
    addresses: [{ id: "probe app", url: "http://app:8080/", every: ms(10) }],
    journal,
    clock,
    act: () => "main",
    lost: (why) => it.lost.push(why),
    ...over,
  });
  return { observers, it };
}

const written = () => {
  journal.write({ kind: "end", outcome: "completed" }, { flush: true });
  return journal.records;
};
/** What was written to be known of each address: when it did not answer. */
const known = () => recordsOf(written(), "samples").map((record) => record.items.map(([from, to]) => [from, to]));
const dark = () => ({ from: hostNow(), to: hostNow() + 2000 });
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("one that is lost without a reason is trouble; one that may go is none", async () => {
  const { observers, it } = setting();
  await observers.attach();
  await observers.mayGo();
  it.lose[0]?.("gone with its engine");
  await turn();
  expect(it.lost).toEqual([]);

  await observers.comeBack(dark(), "throughout");
  it.lose[1]?.("lost by itself");
  await turn();
  expect(it.lost).toEqual(["lost by itself"]);
  // Nor is it trouble that they end when all is over, which would pass for the cause of whatever goes wrong after it.
  const { observers: ended, it: its } = setting();
  await ended.attach();
  await ended[Symbol.asyncDispose]();
  its.lose[0]?.("ended");
  await turn();
  expect(its.lost).toEqual([]);
});

test("they come back with another hand, and that they were away is in the journal", async () => {
  const { observers, it } = setting();
  await observers.attach();
  await observers.mayGo();
  await observers.comeBack(dark(), "throughout");
  expect(it).toMatchObject({ ended: 1, hands: 2 });
  const [away] = recordsOf(written(), "absence");
  expect(away?.act).toBe("main");
  expect((away?.when.latest ?? 0) - (away?.when.earliest ?? 0)).toBeGreaterThanOrEqual(0);
});

test("they look again before there is another hand; a hand that does not come is told once they are there", async () => {
  const { promise: started, reject: fail } = Promise.withResolvers<void>();
  const { observers, it } = setting({ hands: { now: noHand, renew: () => started } });
  await observers.attach();
  await observers.mayGo();
  const back = observers.comeBack(dark(), "throughout");
  await vi.waitFor(() => expect(it.lose).toHaveLength(2));
  fail(new Error("no hand"));
  await expect(back).rejects.toThrow("no hand");
});

test("of a machine that was off it is known that nothing answered, at both ends of that time", async () => {
  const { observers } = setting();
  await observers.attach();
  await observers.mayGo();
  const off = dark();
  await observers.comeBack(off, "throughout");
  const [samples] = recordsOf(written(), "samples");
  const { earliest, latest } = clock.span(off);
  expect(samples).toMatchObject({ series: "probe app" });
  expect(samples?.items.map(([from, to, status]) => [from, to, status])).toEqual([
    [earliest, earliest, 0],
    [latest, latest, 0],
  ]);
});

test("of a container that the engine started again it is known that it did not answer just before; of one that it left running, nothing", async () => {
  const { observers, it } = setting();
  await observers.attach();
  await observers.mayGo();
  await observers.comeBack(dark(), "for a moment");
  await observers.mayGo();
  const span = dark();
  it.startedAt = span.from + 500;
  await observers.comeBack(span, "for a moment");
  const started = clock.at(it.startedAt);
  expect(known()).toEqual([[[started, started]]]);
});

test("of a container that was started before the engine's restart and is not running after it, it is known that it ended at some moment", async () => {
  const { observers, it } = setting({ containers: { look: async () => [looked(1000)], lookAt: async () => ended } });
  const ended = { ...looked(it.startedAt), running: false };
  await observers.attach();
  await observers.mayGo();
  const span = dark();
  await observers.comeBack(span, "for a moment");
  const { earliest, latest } = clock.span(span);
  expect(known()).toEqual([[[earliest, latest]]]);
});

test("of what is no container, such as the machine itself, nothing is known from the engine's having been away for a moment", async () => {
  const { observers } = setting({ containers: { look: async () => [], lookAt: async () => undefined } });
  await observers.attach();
  await observers.mayGo();
  await observers.comeBack(dark(), "for a moment");
  await observers.mayGo();
  await observers.comeBack(dark(), "throughout");
  expect(recordsOf(written(), "samples").map((it) => it.items.length)).toEqual([2]);
});

test("the machine itself answers nothing before its systemd has begun", async () => {
  const systemd = hostNow() + 5000;
  const lastBoot = async () => ({ kernel: systemd - 1000, systemd, engine: systemd + 4000 });
  const { observers } = setting({
    containers: { look: async () => [], lookAt: async () => undefined },
    host: Object.assign(new PretendHost(), { lastBoot }),
  });
  await observers.attach();
  await observers.mayGo();
  await observers.comeBack(dark(), "throughout");
  const [samples] = recordsOf(written(), "samples");
  expect(samples?.items.at(-1)).toEqual([clock.at(systemd), clock.at(systemd), 0, expect.stringContaining("systemd")]);
  expect(samples?.items).toHaveLength(3);
});

test("nothing answers before its container is started, once the engine is back", async () => {
  const { observers, it } = setting();
  await observers.attach();
  await observers.mayGo();
  const off = dark();
  it.startedAt = off.to + 700;
  await observers.comeBack(off, "throughout");
  const [samples] = recordsOf(written(), "samples");
  expect(samples?.items.map(([from, , status]) => [from, status]).at(-1)).toEqual([clock.at(off.to + 700), 0]);
});

/** What is told of a boot after which the engine called itself started so late, and the last container was started after 6 s. */
async function bootWith(engineAfterMs: number) {
  const lastBoot = async () => ({
    kernel: hostNow() + 3000,
    systemd: hostNow() + 4000,
    engine: hostNow() + engineAfterMs,
  });
  const { observers, it } = setting({ host: Object.assign(new PretendHost(), { lastBoot }) });
  await observers.attach();
  await observers.mayGo();
  it.startedAt = hostNow() + 6000;
  const off = { from: hostNow() - 2000, to: hostNow() - 500 };
  const putBack = hostNow();
  await observers.comeBack(off, "throughout");
  const [boot] = recordsOf(written(), "boot");
  return { off, putBack, steps: boot?.steps ?? [] };
}

test("how the machine came up is in the journal, step by step, up to the last container's start", async () => {
  const { off, putBack, steps } = await bootWith(5000);
  expect(steps.map((one) => one.step)).toEqual(["power", "kernel", "systemd", "engine", "containers"]);
  const times = steps.map((one) => one.when.earliest);
  // Its power came back at some moment while it was being put back.
  expect(times[0]).toBe(clock.at(off.to));
  expect(steps[0]?.when.latest).toBeGreaterThanOrEqual(clock.at(putBack));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("a container that was started before the engine called itself started stands before it", async () => {
  const { steps } = await bootWith(9000);
  expect(steps.map((one) => one.step)).toEqual(["power", "kernel", "systemd", "containers", "engine"]);
});

test.each(["throughout", "for a moment"] as const)(
  "when the engine was ready again is told: away %s",
  async (lasted) => {
    const engine = hostNow() + 1500;
    const lastBoot = async () => ({ kernel: 0, systemd: 0, engine });
    const { observers } = setting({ host: Object.assign(new PretendHost(), { lastBoot }) });
    await observers.attach();
    await observers.mayGo();
    await observers.comeBack(dark(), lasted);
    const [away] = recordsOf(written(), "absence");
    expect(away?.engine).toEqual(clock.span({ from: engine, to: engine }));
  },
);

test("an engine that is restarted boots no machine", async () => {
  const { observers } = setting({ host: new PretendHost() });
  await observers.attach();
  await observers.mayGo();
  await observers.comeBack(dark(), "for a moment");
  expect(recordsOf(written(), "boot")).toEqual([]);
});

test("they are not attached anew before the engine answers", async () => {
  const order: string[] = [];
  const { observers } = setting({
    host: Object.assign(new PretendHost(), { engineIsBack: async () => void order.push("the engine answers") }),
    hands: {
      now: noHand,
      renew: async () => void order.push("another hand"),
    },
  });
  await observers.attach();
  await observers.mayGo();
  await observers.comeBack(dark(), "throughout");
  expect(order).toEqual(["the engine answers", "another hand"]);
});

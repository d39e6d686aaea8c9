import { describe, expect, test } from "vitest";
import { exitCode } from "../errors.ts";
import { ms, seconds } from "../time.ts";
import { crash } from "./crash.ts";
import type { FaultLook, FaultTools } from "./define.ts";
import type { ProcessIdentity, ProcessState, Signal } from "./hand/hand.ts";
import { hang } from "./hang.ts";
import { builtInFaults } from "./registry.ts";
import { noStack, noWire } from "./testing/no-tools.ts";

const container = "c1".repeat(32);

/** One container with one process, as a hand and a stack show it. */
class Pretend implements FaultTools {
  state: ProcessState = "running";
  running = true;
  readonly process: ProcessIdentity = { pid: 42, startTicks: 1000, container };
  readonly did: string[] = [];
  readonly #told = new Set<() => void>();

  become(state: ProcessState): void {
    this.state = state;
    for (const tell of this.#told) tell();
  }

  readonly stack: FaultTools["stack"] = {
    ...noStack,
    container: async () => ({
      id: container,
      pid: this.running ? this.process.pid : 0,
      running: this.running,
      paused: false,
    }),
    start: async (id) => {
      this.did.push(`start ${id.slice(0, 2)}`);
      this.running = true;
    },
  };

  readonly wire = noWire;

  readonly hand: FaultTools["hand"] = {
    bootId: "b",
    identify: async (id, pid) =>
      this.state !== "gone" && id === container && pid === this.process.pid ? this.process : undefined,
    signal: async (process: ProcessIdentity, signal: Signal) => {
      const sent = this.state !== "gone" && process.startTicks === this.process.startTicks;
      if (sent) {
        this.did.push(`${signal} ${process.pid}`);
        this.become(signal === "SIGKILL" ? "gone" : signal === "SIGSTOP" ? "stopped" : "running");
      }
      return { sent, when: { from: 100, to: 101 } };
    },
    watch: (_process, tell, until) =>
      new Promise((resolve) => {
        const look = () => {
          tell(this.state, { from: 200, to: 205 });
          if (this.state === "gone" || until.aborted) end();
        };
        const end = () => {
          this.#told.delete(look);
          resolve();
        };
        this.#told.add(look);
        until.addEventListener("abort", end, { once: true });
        look();
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const params = { service: "app" };
const cases = [
  { fault: crash, signal: "SIGKILL", broken: "gone" },
  { fault: hang, signal: "SIGSTOP", broken: "stopped" },
] as const;

describe.each(cases)("$fault.kind", ({ fault, signal, broken }) => {
  test("aims at the very process of the service, as plain data, and changes nothing", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    expect(JSON.parse(JSON.stringify(aim))).toEqual({ service: "app", process: pretend.process });
    expect(pretend.did).toEqual([]);
    expect(pretend.state).toBe("running");
  });

  test("has nothing to aim at where the container is stopped, or its process just went", async () => {
    const stopped = new Pretend();
    stopped.running = false;
    const went = new Pretend();
    went.state = "gone";
    for (const pretend of [stopped, went])
      await expect(fault.aim(pretend, params)).rejects.toMatchObject({
        code: "nothing-to-break",
        exitCode: exitCode.inconclusive,
      });
  });

  test("sends its signal once, and says when", async () => {
    const pretend = new Pretend();
    expect(await fault.inject(pretend, await fault.aim(pretend, params))).toEqual({ from: 100, to: 101 });
    expect(pretend.did).toEqual([`${signal} 42`]);
  });

  test("does not claim to have broken a process that was gone before: what is seen then is not its bite", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    pretend.become("gone");
    await expect(fault.inject(pretend, aim)).rejects.toMatchObject({ code: "nothing-to-break" });
    expect(pretend.did).toEqual([]);
  });

  test("is witnessed once the process is seen broken, not before", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    const witnessing = fault.witness(pretend, aim, seconds(5));
    const first = await Promise.race([witnessing, new Promise((tell) => setImmediate(tell, "not yet"))]);
    expect(first).toBe("not yet");
    pretend.become(broken);
    expect(await witnessing).toEqual({ from: 200, to: 205 });
  });

  test("is not witnessed where nothing happens within the limit", async () => {
    const pretend = new Pretend();
    expect(await fault.witness(pretend, await fault.aim(pretend, params), ms(20))).toBeUndefined();
  });

  test("refuses an aim that is not its own", async () => {
    const pretend = new Pretend();
    const aim = { service: "app", process: { ...pretend.process, pid: 0 } };
    await expect((async () => fault.inject(pretend, aim))()).rejects.toThrow();
    expect(pretend.did).toEqual([]);
  });
});

describe("undoing a crash", () => {
  test("starts the container if it is still dead, and only then: twice is harmless", async () => {
    const pretend = new Pretend();
    const aim = await crash.aim(pretend, params);
    pretend.become("gone");
    pretend.running = false;
    expect(await crash.undo(pretend, aim)).toBe("app was not running and has been started");
    expect(await crash.undo(pretend, aim)).toBe("app runs again; nothing to put back");
    expect(pretend.did).toEqual(["start c1"]);
  });
});

describe("undoing a hang", () => {
  test("continues the frozen process, and twice is harmless", async () => {
    const pretend = new Pretend();
    const aim = await hang.aim(pretend, params);
    await hang.inject(pretend, aim);
    expect(await hang.undo(pretend, aim)).toBe("app's process 42 continued");
    await hang.undo(pretend, aim);
    expect(pretend.state).toBe("running");
  });

  test("leaves a process alone that only has the number of the frozen one", async () => {
    const pretend = new Pretend();
    const aim = { service: "app", process: { ...pretend.process, startTicks: 999 } };
    expect(await hang.undo(pretend, aim)).toBe("app's frozen process is gone");
    expect(pretend.did).toEqual([]);
  });
});

test("a hang is watched: in force while it is frozen, ended once it continues or is gone", async () => {
  const pretend = new Pretend();
  const aim = await hang.aim(pretend, params);
  await hang.inject(pretend, aim);
  const looks: FaultLook[] = [];
  const watching = hang.watch(pretend, aim, (it) => looks.push(it), new AbortController().signal);
  await Promise.resolve();
  pretend.become("running");
  pretend.become("gone");
  await watching;
  expect(looks.map(({ state, why }) => [state, why])).toEqual([
    ["in-force", "still frozen"],
    ["released", "the process is no longer frozen"],
    ["replaced", "the process is gone"],
  ]);
});

test("the registry names each fault once", () => {
  const kinds = builtInFaults.map((it) => it.kind);
  expect(kinds).toEqual([...new Set(kinds)]);
});

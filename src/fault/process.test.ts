import { constants } from "node:os";
import { describe, expect, test, vi } from "vitest";
import { exitCode } from "../errors.ts";
import { ms, seconds } from "../time.ts";
import { crash } from "./crash.ts";
import { capabilitiesOf, type FaultLook } from "./define.ts";
import { freeze } from "./freeze.ts";
import { hang } from "./hang.ts";
import { builtInFaults } from "./registry.ts";
import { restart } from "./restart.ts";
import { stop } from "./stop.ts";
import { Pretend } from "./testing/pretend.ts";

const params = { service: "app" };
const cases = [
  { fault: crash, does: "SIGKILL 42", broken: "gone", more: { signal: "SIGKILL" } },
  { fault: hang, does: "SIGSTOP 42", broken: "stopped", more: {} },
  { fault: stop, does: "stop c1", broken: "gone", more: {} },
  { fault: restart, does: "restart c1", broken: "gone", more: {} },
] as const;

describe.each(cases)("$fault.kind", ({ fault, does, broken, more }) => {
  test("aims at the very process of the service, as plain data, and changes nothing", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    expect(JSON.parse(JSON.stringify(aim))).toEqual({ service: "app", process: pretend.process, ...more });
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

  test("does it once, and says when", async () => {
    const pretend = new Pretend();
    const { from, to } = await fault.inject(pretend, await fault.aim(pretend, params));
    expect(to).toBeGreaterThanOrEqual(from);
    expect(pretend.did).toEqual([does]);
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
    const aim = { service: "app", ...more, process: { ...pretend.process, pid: 0 } };
    await expect((async () => fault.inject(pretend, aim))()).rejects.toThrow();
    expect(pretend.did).toEqual([]);
  });
});

test.each([crash, hang])("$kind does not claim to have broken a process that was gone before", async (fault) => {
  const pretend = new Pretend();
  const aim = await fault.aim(pretend, params);
  pretend.become("gone");
  await expect(fault.inject(pretend, aim)).rejects.toMatchObject({ code: "nothing-to-break" });
  expect(pretend.did).toEqual([]);
});

describe("a crash", () => {
  test("is by the signal that it is told", async () => {
    const pretend = new Pretend();
    await crash.inject(pretend, await crash.aim(pretend, { ...params, signal: "SIGSEGV" }));
    expect(pretend.did).toEqual(["SIGSEGV 42"]);
  });

  test("is by any signal that ends a process, and by no other", () => {
    const isAllowed = (signal: string) => crash.params.safeParse({ ...params, signal }).success;
    const all = Object.keys(constants.signals);
    expect(all.filter((it) => !isAllowed(it))).toEqual(
      // SIGIOT and SIGPOLL are other names of SIGABRT and SIGIO.
      ["SIGIOT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH", "SIGPOLL"],
    );
  });

  test("of a named process hits the oldest of that name, whose name may be longer than the kernel keeps", async () => {
    const pretend = new Pretend();
    const comm = "prometheus-node";
    for (const pid of [50, 51]) pretend.children.push({ pid, comm, state: "running" });
    await crash.inject(pretend, await crash.aim(pretend, { ...params, process: "prometheus-node-exporter" }));
    expect(pretend.did).toEqual(["SIGKILL 50"]);
  });

  test("of a named process is put back by restarting its container, where nobody has started it again", async () => {
    const pretend = new Pretend();
    pretend.children.push({ pid: 50, comm: "worker", state: "running" });
    const aim: unknown = JSON.parse(JSON.stringify(await crash.aim(pretend, { ...params, process: "worker" })));
    expect(await crash.undo(pretend, aim)).toBe("worker runs in app; nothing to put back");
    const [dead] = pretend.children.splice(0);
    expect(await crash.undo(pretend, aim)).toBe("worker did not run again in app, which was restarted");
    pretend.become("running");
    if (dead) pretend.children.push({ ...dead, pid: 60 });
    expect(await crash.undo(pretend, aim)).toBe("worker runs in app; nothing to put back");
    // Another life of the container owes nothing to the one in which it was killed.
    pretend.children.splice(0);
    pretend.process = { ...pretend.process, startTicks: pretend.process.startTicks + 100 };
    expect(await crash.undo(pretend, aim)).toBe("app runs again; nothing to put back");
    expect(pretend.did).toEqual(["restart c1"]);
  });

  test("of a name that nothing has is an error that says what there is", async () => {
    const pretend = new Pretend();
    pretend.children.push({ pid: 50, comm: "worker", state: "running" });
    await expect(crash.aim(pretend, { ...params, process: "work" })).rejects.toMatchObject({
      code: "no-such-process",
      facts: { "there are": "node, worker" },
    });
  });

  test("is told with what is out of the ordinary about it", () => {
    expect(crash.describe(params)).toBe("crash of app");
    expect(crash.describe({ ...params, replica: 2, process: "nginx", signal: "SIGTERM" })).toBe(
      "crash of nginx in app (container 2) by SIGTERM",
    );
  });
});

describe.each([crash, stop, restart])("undoing a $kind", (fault) => {
  test("starts the container if it is still dead, and only then: twice is harmless", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    pretend.become("gone");
    pretend.running = false;
    expect(await fault.undo(pretend, aim)).toBe("app was not running and has been started");
    expect(await fault.undo(pretend, aim)).toBe("app runs again; nothing to put back");
    expect(pretend.did).toEqual(["start c1"]);
  });
});

describe.each([stop, restart])("undoing a $kind that the engine is still about", (fault) => {
  test("starts the container once it is over", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    pretend.stopEnds = () => {
      pretend.become("gone");
      pretend.running = false;
    };
    expect(await fault.undo(pretend, aim)).toBe("app was not running and has been started");
    expect(pretend.did).toEqual(["wait until stopped", "start c1"]);
  });

  test("waits, too, where the process is gone and the engine has not noticed yet", async () => {
    const pretend = new Pretend();
    const aim = await fault.aim(pretend, params);
    pretend.become("gone");
    pretend.stopEnds = () => {
      pretend.running = false;
    };
    await fault.undo(pretend, aim);
    expect(pretend.did).toEqual(["wait until stopped", "start c1"]);
  });

  test("waits for nothing where the process is another by now", async () => {
    const pretend = new Pretend();
    const aim = { service: "app", process: { ...pretend.process, pid: 40, startTicks: 900 } };
    expect(await fault.undo(pretend, aim)).toBe("app runs again; nothing to put back");
    expect(pretend.did).toEqual([]);
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

describe("a hang of all processes", () => {
  const all = { ...params, processes: "all" };

  function family(): Pretend {
    const pretend = new Pretend();
    pretend.children.push({ pid: 50, comm: "worker", state: "running" }, { pid: 51, comm: "asleep", state: "stopped" });
    return pretend;
  }

  test("stops each, also one that was forked while it did", async () => {
    const pretend = family();
    const aim = await hang.aim(pretend, all);
    const { signal } = pretend.hand;
    const forking: Pretend["hand"] = {
      ...pretend.hand,
      signal: async (...args) => {
        if (args[0].pid === 50) pretend.children.push({ pid: 52, comm: "young", state: "running" });
        return signal(...args);
      },
    };
    expect(await hang.witness(pretend, aim, ms(10))).toBeUndefined();
    await hang.inject({ stack: pretend.stack, wire: pretend.wire, hand: forking }, aim);
    expect(pretend.did).toEqual(["SIGSTOP 42", "SIGSTOP 50", "SIGSTOP 52"]);
    expect(await hang.witness(pretend, aim, ms(10))).toBeDefined();
  });

  test("is undone for each but those that were stopped before it, and twice is harmless", async () => {
    const pretend = family();
    const aim = JSON.parse(JSON.stringify(await hang.aim(pretend, all)));
    await hang.inject(pretend, aim);
    pretend.did.length = 0;
    expect(await hang.undo(pretend, aim)).toBe("app's 2 frozen processes continued");
    expect(pretend.did).toEqual(["SIGCONT 42", "SIGCONT 50"]);
    expect(await hang.undo(pretend, aim)).toBe("app has no frozen process any more; nothing to put back");
  });

  test("leaves those of a container alone that was restarted since", async () => {
    const pretend = family();
    const aim = await hang.aim(pretend, all);
    await hang.inject(pretend, aim);
    pretend.did.length = 0;
    const restarted = { ...pretend.process, startTicks: 999 };
    const later = { service: "app", process: restarted, all: { root: 42, before: [] } };
    expect(await hang.undo(pretend, later)).toBe("app has no frozen process any more; nothing to put back");
    await expect(hang.inject(pretend, later)).rejects.toMatchObject({ code: "nothing-to-break" });
    expect(pretend.did).toEqual([]);
  });

  test("ends when one that was frozen goes on, not when a stranger comes", async () => {
    const pretend = family();
    const aim = await hang.aim(pretend, all);
    await hang.inject(pretend, aim);
    const looks: FaultLook[] = [];
    let listed = 0;
    const { list } = pretend.hand;
    const counting = (...args: Parameters<typeof list>) => {
      listed += 1;
      return list(...args);
    };
    const tools = { stack: pretend.stack, wire: pretend.wire, hand: { ...pretend.hand, list: counting } };
    const watching = hang.watch(tools, aim, (it) => looks.push(it), new AbortController().signal);
    await vi.waitUntil(() => listed === 1);
    pretend.children.push({ pid: 60, comm: "healthcheck", state: "running" });
    await vi.waitUntil(() => listed === 3);
    expect(new Set(looks.map((it) => it.state))).toEqual(new Set(["in-force"]));
    const worker = pretend.children[0];
    if (worker) worker.state = "running";
    await watching;
    expect(looks.at(-1)).toMatchObject({ state: "released", why: "worker (process 50) is no longer frozen" });
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

test("a stop is in force until somebody starts it again, which heals it", async () => {
  const pretend = new Pretend();
  const aim = await stop.aim(pretend, params);
  await stop.inject(pretend, aim);
  const looks: FaultLook[] = [];
  await stop.watch(
    pretend,
    aim,
    (it) => {
      looks.push(it);
      pretend.running = true;
    },
    new AbortController().signal,
  );
  expect(looks.map(({ state }) => state)).toEqual(["in-force", "healed"]);
});

describe("a freeze", () => {
  test("is witnessed by the kernel's own word, and undone once", async () => {
    const pretend = new Pretend();
    const aim = await freeze.aim(pretend, params);
    expect(await freeze.witness(pretend, aim, ms(10))).toBeUndefined();
    await freeze.inject(pretend, aim);
    expect(await freeze.witness(pretend, aim, ms(10))).toBeDefined();
    await expect(freeze.aim(pretend, params)).rejects.toMatchObject({ code: "nothing-to-break" });
    expect(await freeze.undo(pretend, aim)).toBe("app thawed");
    expect(await freeze.undo(pretend, aim)).toBe("app is not frozen any more; nothing to put back");
    expect(pretend.did).toEqual(["pause", "unpause"]);
  });

  test.each([
    ["thawed by somebody", "healed", (it: Pretend) => it.stack.unpause("c1")],
    ["replaced by a restart", "replaced", (it: Pretend) => it.stack.restart("c1")],
  ] as const)("ends when it is %s", async (_, state, end) => {
    const pretend = new Pretend();
    const aim = await freeze.aim(pretend, params);
    await freeze.inject(pretend, aim);
    const looks: FaultLook[] = [];
    const tell = (it: FaultLook) => {
      looks.push(it);
      if (it.state === "in-force") void end(pretend);
    };
    await freeze.watch(pretend, aim, tell, new AbortController().signal);
    expect(looks.map((it) => it.state)).toEqual(["in-force", state]);
  });
});

test("the registry names each fault once", () => {
  const kinds = builtInFaults.map((it) => it.kind);
  expect(kinds).toEqual([...new Set(kinds)]);
});

test("the hand is allowed what the faults in use need together, and nothing for those that are not used", () => {
  expect(capabilitiesOf(builtInFaults, ["crash", "hang", "stop"])).toEqual([]);
  expect(capabilitiesOf(builtInFaults, ["freeze", "disk-fill", "crash", "unknown"])).toEqual([
    "DAC_OVERRIDE",
    "SYS_PTRACE",
  ]);
});

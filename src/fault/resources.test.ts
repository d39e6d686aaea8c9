import { describe, expect, test } from "vitest";
import { exitCode } from "../errors.ts";
import { ms } from "../time.ts";
import { cpuPressure } from "./cpu-pressure.ts";
import type { AnyFault, FaultLook, FaultTools } from "./define.ts";
import { diskFill } from "./disk-fill.ts";
import { fdExhaustion } from "./fd-exhaustion.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { oom } from "./oom.ts";
import { Pretend } from "./testing/pretend.ts";

const MiB = 2 ** 20;

/** Each with a stack in which it has something to break. */
const cases: readonly { fault: AnyFault; params: object; stack?: (it: Pretend) => void }[] = [
  {
    fault: oom,
    params: { service: "app" },
    stack: (it) => (it.limits = { memory: 256 * MiB, memorySwap: 0, cpus: 0 }),
  },
  { fault: cpuPressure, params: { service: "app", cpus: 0.05 } },
  { fault: memoryPressure, params: { service: "app", leaving: "8MiB" } },
  { fault: fdExhaustion, params: { service: "app" } },
  { fault: diskFill, params: { service: "app", path: "/data/fill" } },
];

describe.each(cases)("$fault.kind", ({ fault, params, stack }) => {
  async function aimed() {
    const pretend = new Pretend();
    stack?.(pretend);
    const aim: unknown = JSON.parse(JSON.stringify(await fault.aim(pretend, params)));
    return { pretend, aim };
  }

  test("aims without changing anything, and is not witnessed where nothing was injected", async () => {
    const { pretend, aim } = await aimed();
    expect(await fault.witness(pretend, aim, ms(10))).toBeUndefined();
    expect(pretend.did).toEqual([]);
  });

  test("has nothing to break where the container is stopped, or its process has gone since", async () => {
    const { pretend, aim } = await aimed();
    pretend.become("gone");
    const refused = { code: "nothing-to-break", exitCode: exitCode.inconclusive };
    await expect(fault.aim(pretend, params)).rejects.toMatchObject(refused);
    if (fault !== cpuPressure && fault !== memoryPressure)
      await expect(fault.inject(pretend, aim)).rejects.toMatchObject(refused);
  });

  test("may be undone in another process, before it was injected too, and any number of times", async () => {
    const { pretend, aim } = await aimed();
    await fault.undo(pretend, aim);
    expect(pretend.did.filter((it) => !it.startsWith("release"))).toEqual([]);
    await fault.inject(pretend, aim);
    await fault.undo(pretend, aim);
    const did = pretend.did.length;
    const again = await fault.undo(pretend, aim);
    expect(again).toMatch(/nothing to put back$/);
    expect(pretend.did.slice(did).filter((it) => !it.startsWith("release"))).toEqual([]);
  });
});

/** What a watch tells, where this happens at its first look. */
async function looksOf(fault: AnyFault, pretend: Pretend, aim: unknown, then: () => void): Promise<FaultLook[]> {
  const looks: FaultLook[] = [];
  const tell = (it: FaultLook) => {
    if (looks.length === 0) then();
    looks.push(it);
  };
  await fault.watch(pretend, aim, tell, AbortSignal.timeout(5000));
  return looks;
}

describe("out of memory", () => {
  const params = { service: "app" };

  test("is refused where there is no limit, or one that the process cannot reach, and says what to do", async () => {
    const pretend = new Pretend();
    await expect(oom.aim(pretend, params)).rejects.toMatchObject({
      code: "nothing-to-break",
      facts: { try: expect.stringContaining("mem_limit") },
    });
    pretend.limits = { ...pretend.limits, memory: 2048 * MiB };
    await expect(oom.aim(pretend, params)).rejects.toMatchObject({
      code: "nothing-to-break",
      facts: { limit: "2 GiB", try: expect.stringContaining("limit: less than 505.4 MiB") },
    });
    await expect(oom.aim(pretend, { ...params, limit: "1MiB" })).rejects.toMatchObject({ code: "limit-below-use" });
  });

  test.each([
    ["survived", "has used all that it had reserved, and lives"],
    ["ended", "ended meanwhile, by something else"],
  ] as const)("has not bitten where the process %s, whatever is seen of it later", async (exhaustion, seen) => {
    const pretend = new Pretend();
    pretend.exhaustion = exhaustion;
    const aim = await oom.aim(pretend, { ...params, limit: "256MiB" });
    await expect(oom.inject(pretend, aim)).rejects.toMatchObject({
      code: "nothing-to-break",
      message: "app: the kernel has not killed it for memory",
      facts: { seen: expect.stringContaining(seen) },
    });
  });

  test("at a limit of its own sets it before, and gives back what was there", async () => {
    const pretend = new Pretend();
    pretend.limits = { memory: 1024 * MiB, memorySwap: 2048 * MiB, cpus: 2 };
    const aim = await oom.aim(pretend, { ...params, limit: "256MiB" });
    await oom.inject(pretend, aim);
    expect(pretend.did).toEqual([`limits {"memory":${256 * MiB},"memorySwap":${256 * MiB}}`, "exhaust"]);
    pretend.running = false;
    expect(await oom.undo(pretend, aim)).toBe(
      "app has 1 GiB of memory again; app was not running and has been started",
    );
    expect(pretend.limits).toEqual({ memory: 1024 * MiB, memorySwap: 2048 * MiB, cpus: 2 });
  });

  test("at the very limit that it has gives back the swap that it had besides", async () => {
    const pretend = new Pretend();
    pretend.limits = { memory: 256 * MiB, memorySwap: 512 * MiB, cpus: 0 };
    const aim = await oom.aim(pretend, { ...params, limit: "256MiB" });
    await oom.inject(pretend, aim);
    expect(pretend.limits.memorySwap).toBe(256 * MiB);
    expect(await oom.undo(pretend, aim)).toContain("app has 256 MiB of memory again");
    expect(pretend.limits.memorySwap).toBe(512 * MiB);
    expect(await oom.undo(pretend, aim)).toContain("nothing to put back");
  });

  test("that was cut short lets the process go on with the score that it had", async () => {
    const pretend = new Pretend();
    pretend.memory = { ...pretend.memory, score: -500 };
    const aim = await oom.aim(pretend, { ...params, limit: "256MiB" });
    expect(await oom.undo(pretend, aim)).toContain("app's process 42 goes on as it was");
    expect(pretend.did).toEqual(["release -500"]);
  });
});

describe("CPU pressure", () => {
  const params = { service: "app", cpus: 0.05 };

  test("is witnessed once the kernel keeps it from running, and not by what it was kept from before", async () => {
    const pretend = new Pretend();
    pretend.usage = { ...pretend.usage, throttledMs: 700 };
    const aim = await cpuPressure.aim(pretend, params);
    await cpuPressure.inject(pretend, aim);
    expect(await cpuPressure.witness(pretend, aim, ms(40))).toBeUndefined();
    const witnessing = cpuPressure.witness(pretend, aim, ms(5000));
    setImmediate(() => (pretend.usage = { ...pretend.usage, throttledMs: 701 }));
    expect(await witnessing).toBeDefined();
  });

  test("is none where the container has no more as it is", async () => {
    const pretend = new Pretend();
    pretend.limits = { ...pretend.limits, cpus: 0.05 };
    await expect(cpuPressure.aim(pretend, params)).rejects.toMatchObject({ code: "nothing-to-break" });
  });

  test("ends when somebody gives the container more, and the undo leaves it that", async () => {
    const pretend = new Pretend();
    const aim = await cpuPressure.aim(pretend, params);
    await cpuPressure.inject(pretend, aim);
    const more = () => pretend.stack.setLimits("c1", { cpus: 1 });
    expect((await looksOf(cpuPressure, pretend, aim, more)).map(({ state, why }) => [state, why])).toEqual([
      ["in-force", "still 0.05 cores"],
      ["healed", "somebody has given it 1 cores"],
    ]);
    expect(await cpuPressure.undo(pretend, aim)).toBe("app was given 1 cores by somebody; left so");
    expect(pretend.limits.cpus).toBe(1);
  });
});

test("a limit that the kernel holds is in force, however long the engine takes to tell of its container", async () => {
  const pretend = new Pretend();
  const aim = await cpuPressure.aim(pretend, { service: "app", cpus: 0.05 });
  await cpuPressure.inject(pretend, aim);
  const silent: FaultTools = {
    hand: pretend.hand,
    wire: pretend.wire,
    stack: { ...pretend.stack, limits: () => new Promise<never>(() => undefined) },
  };
  const end = new AbortController();
  const states: string[] = [];
  await cpuPressure.watch?.(
    silent,
    aim,
    ({ state }) => {
      states.push(state);
      end.abort();
    },
    end.signal,
  );
  expect(states).toEqual(["in-force"]);
});

describe("memory pressure", () => {
  const params = { service: "app", leaving: "8MiB" };

  test("leaves what is used and so much, in whole pages and without swap", async () => {
    const pretend = new Pretend();
    const aim = await memoryPressure.aim(pretend, params);
    await memoryPressure.inject(pretend, aim);
    const limit = Math.ceil((40_000_000 + 8 * MiB) / 4096) * 4096;
    expect(pretend.limits).toEqual({ memory: limit, memorySwap: limit, cpus: 0 });
    expect(await memoryPressure.witness(pretend, aim, ms(10))).toBeDefined();
    expect(await memoryPressure.undo(pretend, aim)).toBe("app has no limit of memory again");
    expect(pretend.limits).toEqual({ memory: 0, memorySwap: 0, cpus: 0 });
  });

  test("is none where less is left as it is, or where it would be less than an engine takes", async () => {
    const pretend = new Pretend();
    pretend.limits = { ...pretend.limits, memory: 45_000_000 };
    await expect(memoryPressure.aim(pretend, params)).rejects.toMatchObject({ code: "nothing-to-break" });
    const small = new Pretend();
    small.usage = { ...small.usage, workingSet: MiB };
    await expect(memoryPressure.aim(small, { ...params, leaving: "1MiB" })).rejects.toMatchObject({
      code: "nothing-to-break",
      facts: { try: "leaving: 5120KiB or more" },
    });
  });
});

describe("descriptor exhaustion", () => {
  const params = { service: "app" };

  test("lowers the limit to the lowest number that was free in any of several looks", async () => {
    const pretend = new Pretend();
    const aim = await fdExhaustion.aim(pretend, params);
    const free = [26, 25, 24, 25];
    const { look } = pretend.hand.descriptors;
    const serving: Pretend["hand"] = {
      ...pretend.hand,
      descriptors: {
        ...pretend.hand.descriptors,
        look: async (it) => {
          const found = await look(it);
          return found && { ...found, lowestFree: free.shift() ?? 25 };
        },
      },
    };
    await fdExhaustion.inject({ stack: pretend.stack, wire: pretend.wire, hand: serving }, aim);
    expect(pretend.did).toEqual(["limit 24"]);
    expect(await fdExhaustion.undo(pretend, aim)).toBe("app may open 1024 descriptors again");
  });

  test("takes away what is closed, and ends when the limit is raised or the process is gone", async () => {
    const pretend = new Pretend();
    const aim = await fdExhaustion.aim(pretend, params);
    await fdExhaustion.inject(pretend, aim);
    const close = () => (pretend.descriptors = { ...pretend.descriptors, held: 23, lowestFree: 7 });
    const end = new AbortController();
    const looks: FaultLook[] = [];
    const watching = fdExhaustion.watch(pretend, aim, (it) => looks.push(it), end.signal);
    close();
    await expect.poll(() => pretend.did).toEqual(["limit 24", "limit 7"]);
    pretend.descriptors = { ...pretend.descriptors, soft: 1024 };
    await expect
      .poll(() => looks.at(-1))
      .toMatchObject({
        state: "released",
        why: "the limit was raised from 7 to 1024",
      });
    await watching;
    const second = await looksOf(fdExhaustion, pretend, aim, () => setImmediate(() => pretend.become("gone")));
    expect(second.map((it) => it.state)).toEqual(["in-force", "replaced"]);
  });

  test("is none where nothing can be opened as it is", async () => {
    const pretend = new Pretend();
    pretend.descriptors = { held: 24, lowestFree: 24, soft: 24 };
    await expect(fdExhaustion.aim(pretend, params)).rejects.toMatchObject({ code: "nothing-to-break" });
  });
});

describe("a full disk", () => {
  const params = { service: "app", path: "/data/fill" };

  test.each([
    ["its folder is not there", { folder: false }, "no-such-folder"],
    ["it is there already", { there: true }, "already-there"],
    ["others live there too", { shared: "it is on the host's own disk" }, "shared-disk"],
    ["it has no size", { size: 0, available: 0 }, "no-size"],
    ["it would take too much memory", { available: 2 ** 30, size: 2 ** 30 }, "too-large"],
    ["it is full as it is", { available: 0 }, "nothing-to-break"],
  ])("is refused where %s", async (_, look, code) => {
    const pretend = new Pretend();
    pretend.disk = { ...pretend.disk, ...look };
    await expect(diskFill.aim(pretend, params)).rejects.toMatchObject({ code });
    expect(pretend.did).toEqual([]);
  });

  test("is witnessed when no more is left than was to be", async () => {
    const pretend = new Pretend();
    const aim = await diskFill.aim(pretend, { ...params, leaving: "1MiB" });
    await diskFill.inject(pretend, aim);
    pretend.disk = { ...pretend.disk, available: MiB + 1 };
    expect(await diskFill.witness(pretend, aim, ms(10))).toBeUndefined();
    pretend.disk = { ...pretend.disk, available: MiB };
    expect(await diskFill.witness(pretend, aim, ms(10))).toBeDefined();
  });

  test.each([
    ["the file is removed", (it: Pretend) => (it.disk = { ...it.disk, there: false }), "/data/fill is gone"],
    ["others make room", (it: Pretend) => (it.disk = { ...it.disk, available: 8 * MiB }), "8 MiB left"],
  ])("is healed when %s", async (_, heal, why) => {
    const pretend = new Pretend();
    const aim = await diskFill.aim(pretend, params);
    await diskFill.inject(pretend, aim);
    const looks = await looksOf(diskFill, pretend, aim, () => heal(pretend));
    expect(looks.map((it) => [it.state, it.why])).toEqual([
      ["in-force", "0 B left"],
      ["healed", why],
    ]);
  });

  test("is undone through the container, which is started for it if it is down; another's file is left alone", async () => {
    const pretend = new Pretend();
    const aim = await diskFill.aim(pretend, params);
    await diskFill.inject(pretend, aim);
    pretend.running = false;
    pretend.become("gone");
    expect(await diskFill.undo(pretend, aim)).toBe(
      "app was not running and has been started; removed /data/fill of app",
    );
    pretend.disk = { ...pretend.disk, there: true };
    pretend.mark = "another's";
    expect(await diskFill.undo(pretend, aim)).toBe("/data/fill is not the file that was written; left alone");
  });
});

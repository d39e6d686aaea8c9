import { readFileSync } from "node:fs";
import type Dockerode from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../stack/testing/playground.ts";
import { seconds } from "../time.ts";
import { cpuPressure } from "./cpu-pressure.ts";
import type { AnyFault, FaultLook } from "./define.ts";
import { diskFill } from "./disk-fill.ts";
import { fdExhaustion } from "./fd-exhaustion.ts";
import { memoryPressure } from "./memory-pressure.ts";
import { oom } from "./oom.ts";
import { FaultGround } from "./testing/fault-ground.ts";

let ground: FaultGround;

beforeAll(async () => {
  ground = await FaultGround.open(oom, cpuPressure, memoryPressure, fdExhaustion, diskFill);
});

afterAll(() => ground?.[Symbol.asyncDispose]());

const MiB = 2 ** 20;
const looked = (container: Dockerode.Container) => container.inspect().then((it) => it.State);

async function usageOf(container: Dockerode.Container) {
  const { Id, State } = await container.inspect();
  const process = await ground.tools.hand.identify(Id, State.Pid);
  return process && ground.tools.hand.usage(process);
}

async function run(container: Dockerode.Container, script: string) {
  const { exitCode, out, err } = await ground.tools.stack.run(container.id, ["node", "-e", script], seconds(20));
  return `${exitCode} ${out}${err}`;
}

/** What a watch tells until it has told an end. */
async function watched(fault: AnyFault, aim: unknown, whileWatching: () => Promise<unknown>): Promise<FaultLook[]> {
  const looks: FaultLook[] = [];
  const end = new AbortController();
  const watching = fault.watch(ground.tools, aim, (it) => looks.push(it), end.signal);
  await eventually("it is looked at", () => looks.length > 0);
  await whileWatching();
  await eventually("its end is seen", () => looks.at(-1)?.state !== "in-force");
  end.abort();
  await watching;
  expect(looks[0]?.state).toBe("in-force");
  return looks;
}

/** Takes and answers connections on port 8080. */
const web = `require("node:http").createServer((q, a) => a.end("ok")).listen(8080)`;
const ask = `fetch("http://127.0.0.1:8080/").then((it) => it.text()).then(console.log, () => console.log("no answer"))`;

/** The kernel's own count: the engine's `OOMKilled` hangs on a notice that races with the container's end. */
const killsForMemory = () => Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1]);

/** Most images' programs run as root in their container, the better ones' do not. */
const users = ["1234:1234", "0:0"];

test.each(users)(
  "out of memory as %s: the kernel kills the main process at the container's limit; the undo starts it, twice is harmless",
  async (user) => {
    const name = `leaking-${user[0]}`;
    const container = await ground.service(name, {
      script: web,
      user,
      host: { Memory: 128 * MiB, MemorySwap: 128 * MiB },
    });
    expect(await ground.witnessOfNothing(oom, { service: name })).toBeUndefined();
    const before = killsForMemory();
    const aim = await ground.broken(oom, { service: name });
    expect(killsForMemory()).toBeGreaterThan(before);
    await eventually("the engine knows", async () => !(await looked(container)).Running);
    expect((await looked(container)).ExitCode).toBe(137);
    expect(await oom.undo(ground.tools, aim)).toBe(`${name} was not running and has been started`);
    expect((await looked(container)).Running).toBe(true);
    expect(await oom.undo(ground.tools, aim)).toBe(`${name} runs again; nothing to put back`);
  },
  30_000,
);

test("out of memory at a limit given for the time, in a container that has none, which it has none of again", async () => {
  const container = await ground.service("unlimited", { host: { Init: true } });
  await eventually("it is up", async () => (await usageOf(container)) !== undefined);
  await expect(oom.aim(ground.tools, { service: "unlimited" })).rejects.toMatchObject({ code: "nothing-to-break" });
  await expect(oom.aim(ground.tools, { service: "unlimited", limit: "100kB" })).rejects.toMatchObject({
    code: "limit-below-use",
  });
  await expect(oom.aim(ground.tools, { service: "unlimited", limit: "900GiB" })).rejects.toMatchObject({
    code: "nothing-to-break",
  });
  const before = killsForMemory();
  const aim = await ground.broken(oom, { service: "unlimited", limit: "96MiB" });
  expect(killsForMemory()).toBeGreaterThan(before);
  await eventually("the engine knows", async () => !(await looked(container)).Running);
  expect(await oom.undo(ground.tools, aim)).toBe(
    "unlimited has no limit of memory again; unlimited was not running and has been started",
  );
  await eventually("it is up", async () => (await usageOf(container))?.memoryLimit === 0);
  expect(await oom.undo(ground.tools, aim)).toBe(
    "unlimited has no limit of memory; nothing to put back; unlimited runs again; nothing to put back",
  );
});

test("an exhaustion that was cut short is undone: the process goes on as it was", async () => {
  const container = await ground.service("cut-short", { script: web, host: { Memory: 128 * MiB } });
  const aim = await ground.aim(oom, { service: "cut-short" });
  const { Id, State } = await container.inspect();
  const process = await ground.tools.hand.identify(Id, State.Pid);
  if (!process) throw new Error("it runs");
  await ground.tools.hand.signal(process, "SIGSTOP");
  expect(await oom.undo(ground.tools, aim)).toContain("goes on as it was");
  expect((await ground.tools.hand.list(Id, State.Pid)).map((it) => it.state)).toEqual(["running"]);
  expect((await ground.tools.hand.memory.look(process))?.score).toBe(0);
});

test("CPU pressure keeps a busy service from running; its undo gives all of it back, twice is harmless", async () => {
  const busy = "setInterval(() => { const end = Date.now() + 60; while (Date.now() < end); }, 100)";
  const container = await ground.service("slow", { script: busy });
  expect(await ground.witnessOfNothing(cpuPressure, { service: "slow", cpus: 0.05 })).toBeUndefined();
  const aim = await ground.broken(cpuPressure, { service: "slow", cpus: 0.05 });
  expect((await usageOf(container))?.cpuLimit).toBe(0.05);
  expect(await cpuPressure.undo(ground.tools, aim)).toBe("slow has all cores again");
  expect((await usageOf(container))?.cpuLimit).toBe(0);
  expect(await cpuPressure.undo(ground.tools, aim)).toBe("slow has all cores; nothing to put back");
});

test("CPU pressure is not witnessed where nothing is kept from running, and one that had less has nothing to lose", async () => {
  await ground.service("idle");
  const aim = await ground.aim(cpuPressure, { service: "idle", cpus: 0.9 });
  await cpuPressure.inject(ground.tools, aim);
  expect(await cpuPressure.witness(ground.tools, aim, seconds(0.5))).toBeUndefined();
  await expect(cpuPressure.aim(ground.tools, { service: "idle", cpus: 1 })).rejects.toMatchObject({
    code: "nothing-to-break",
  });
});

test("memory pressure leaves so much; raising the limit heals it, and the undo leaves that limit alone", async () => {
  const container = await ground.service("tight", { host: { Memory: 256 * MiB, MemorySwap: 512 * MiB } });
  expect(await ground.witnessOfNothing(memoryPressure, { service: "tight", leaving: "8MiB" })).toBeUndefined();
  const aim = await ground.broken(memoryPressure, { service: "tight", leaving: "8MiB" });
  const usage = await usageOf(container);
  const left = (usage?.memoryLimit ?? 0) - (usage?.workingSet ?? 0);
  expect(left).toBeGreaterThan(2 * MiB);
  expect(left).toBeLessThan(14 * MiB);
  expect(await memoryPressure.undo(ground.tools, aim)).toBe("tight has 256 MiB of memory again");
  expect(await memoryPressure.undo(ground.tools, aim)).toBe("tight has 256 MiB of memory; nothing to put back");
  const { HostConfig } = await container.inspect();
  expect(HostConfig).toMatchObject({ Memory: 256 * MiB, MemorySwap: 512 * MiB });

  const again = await ground.broken(memoryPressure, { service: "tight", leaving: "8MiB" });
  const raise = () => container.update({ Memory: 96 * MiB, MemorySwap: 96 * MiB });
  expect((await watched(memoryPressure, again, raise)).at(-1)).toMatchObject({
    state: "healed",
    why: "somebody has given it 96 MiB of memory",
  });
  expect(await memoryPressure.undo(ground.tools, again)).toBe("tight was given 96 MiB of memory by somebody; left so");
});

test("memory pressure on a service without a limit: the undo takes it away while the service runs", async () => {
  const container = await ground.service("roomy");
  const aim = await ground.broken(memoryPressure, { service: "roomy", leaving: "8MiB" });
  expect((await usageOf(container))?.memoryLimit).toBeGreaterThan(0);
  expect(await memoryPressure.undo(ground.tools, aim)).toBe("roomy has no limit of memory again");
  expect((await usageOf(container))?.memoryLimit).toBe(0);
  expect(await memoryPressure.undo(ground.tools, aim)).toBe("roomy has no limit of memory; nothing to put back");
});

test.each(users)(
  "without descriptors a service of %s takes no connection any more; its undo lets it, twice is harmless",
  async (user) => {
    const name = `wedged-${user[0]}`;
    const container = await ground.service(name, { script: web, user });
    await eventually("it serves", async () => (await run(container, ask)) === "0 ok\n");
    expect(await ground.witnessOfNothing(fdExhaustion, { service: name })).toBeUndefined();
    const aim = await ground.broken(fdExhaustion, { service: name });
    expect(await run(container, ask)).toBe("0 no answer\n");
    expect(await looked(container)).toMatchObject({ Running: true });
    expect(await fdExhaustion.undo(ground.tools, aim)).toMatch(/^wedged-. may open \d+ descriptors again$/);
    expect(await run(container, ask)).toBe("0 ok\n");
    expect(await fdExhaustion.undo(ground.tools, aim)).toMatch(
      /^wedged-. may open \d+ descriptors; nothing to put back$/,
    );
  },
  30_000,
);

test("a descriptor that is closed is taken away too; it ends with the process", async () => {
  const script = `
    const fs = require("node:fs");
    const files = [1, 2, 3].map(() => fs.openSync("/dev/null"));
    process.on("SIGUSR2", () => fs.closeSync(files.shift()));
  `;
  const container = await ground.service("closing", { script: `${script}; setInterval(() => undefined, 1e6)` });
  const { Id, State } = await container.inspect();
  const process = await ground.tools.hand.identify(Id, State.Pid);
  if (!process) throw new Error("it runs");
  await eventually("it is up", async () => {
    const before = await ground.tools.hand.descriptors.look(process);
    return (before?.held ?? 0) > 20;
  });
  const aim = await ground.broken(fdExhaustion, { service: "closing" });
  const looks = await watched(fdExhaustion, aim, async () => {
    const before = await ground.tools.hand.descriptors.look(process);
    await ground.tools.hand.signal(process, "SIGUSR2");
    await eventually("the limit follows", async () => {
      const now = await ground.tools.hand.descriptors.look(process);
      return now !== undefined && now.soft < (before?.soft ?? 0) && now.lowestFree >= now.soft;
    });
    await ground.tools.hand.signal(process, "SIGKILL");
  });
  expect(looks.map((it) => it.state)).not.toContain("released");
  expect(looks.at(-1)?.state).toBe("replaced");
  expect(await fdExhaustion.undo(ground.tools, aim)).toMatch(/is gone; nothing to put back$/);
});

const volume = { Type: "tmpfs", Target: "/var/lib/app", TmpfsOptions: { SizeBytes: 4 * MiB, Mode: 0o777 } } as const;
const writeMore = `
  try { require("node:fs").writeFileSync("/var/lib/app/more", Buffer.alloc(2 ** 20)); console.log("written"); }
  catch (thrown) { console.log(thrown.code); }
  require("node:fs").rmSync("/var/lib/app/more", { force: true });
`;

test("a full disk refuses the service's writes; its undo makes room, twice is harmless", async () => {
  const container = await ground.service("full", { host: { Mounts: [{ Source: "", ...volume }] } });
  const params = { service: "full", path: "/var/lib/app/fill" };
  expect(await ground.witnessOfNothing(diskFill, params)).toBeUndefined();
  expect(await run(container, writeMore)).toBe("0 written\n");
  const aim = await ground.broken(diskFill, params);
  expect(await run(container, writeMore)).toBe("0 ENOSPC\n");
  expect(await diskFill.undo(ground.tools, aim)).toBe("removed /var/lib/app/fill of full");
  expect(await run(container, writeMore)).toBe("0 written\n");
  expect(await diskFill.undo(ground.tools, aim)).toBe("/var/lib/app/fill is gone; nothing to put back");
});

test("a nearly full disk has so much left, and the service itself can make room again", async () => {
  const container = await ground.service("nearly", { host: { Mounts: [{ Source: "", ...volume }] } });
  const params = { service: "nearly", path: "/var/lib/app/fill", leaving: "512KiB" };
  const aim = await ground.broken(diskFill, params);
  const free = `const { bavail, bsize } = require("node:fs").statfsSync("/var/lib/app"); console.log(bavail * bsize)`;
  expect(await run(container, free)).toBe(`0 ${512 * 1024}\n`);
  await expect(diskFill.aim(ground.tools, params)).rejects.toMatchObject({ code: "already-there" });
  const looks = await watched(diskFill, aim, () => run(container, `require("node:fs").rmSync("/var/lib/app/fill")`));
  expect(looks.at(-1)).toMatchObject({ state: "healed", why: "/var/lib/app/fill is gone" });
});

/** A volume of Compose's, which all containers that name it share. */
const named = (name: string) => ({
  Type: "volume" as const,
  Source: `${ground.name}-${name}`,
  Target: "/var/lib/app",
  VolumeOptions: {
    NoCopy: true,
    Labels: { ...ground.labels },
    DriverConfig: { Name: "local", Options: { type: "tmpfs", device: "tmpfs", o: "size=4m,mode=0777" } },
  },
});

test("a full disk is healed by whoever makes the file shorter, too", async () => {
  const container = await ground.service("truncating", { host: { Mounts: [{ Source: "", ...volume }] } });
  const aim = await ground.broken(diskFill, { service: "truncating", path: "/var/lib/app/fill" });
  const truncate = () => run(container, `require("node:fs").truncateSync("/var/lib/app/fill")`);
  expect((await watched(diskFill, aim, truncate)).at(-1)).toMatchObject({ state: "healed", why: "4 MiB left" });
});

test("the undo reaches the volume of a container that is down, and leaves a file alone that is not ours", async () => {
  const mounts = { host: { Mounts: [named("kept")] } };
  const container = await ground.service("down", mounts);
  const keeper = await ground.service("keeper", mounts);
  const aim = await ground.broken(diskFill, { service: "down", path: "/var/lib/app/fill" });
  await container.stop({ t: 0 });
  expect(await diskFill.undo(ground.tools, aim)).toBe(
    "down was not running and has been started; removed /var/lib/app/fill of down",
  );
  expect(await run(keeper, `console.log(require("node:fs").readdirSync("/var/lib/app"))`)).toBe("0 []\n");
  await run(keeper, `require("node:fs").writeFileSync("/var/lib/app/fill", "another's")`);
  expect(await diskFill.undo(ground.tools, aim)).toBe("/var/lib/app/fill is not the file that was written; left alone");
});

test("what others live on is never filled, nor a place that is not there", async () => {
  await ground.service("shared");
  const refusal = (path: string) => diskFill.aim(ground.tools, { service: "shared", path });
  await expect(refusal("/tmp/fill")).rejects.toMatchObject({ code: "shared-disk" });
  await expect(refusal("/etc/hosts2")).rejects.toMatchObject({ code: "shared-disk" });
  await expect(refusal("/nowhere/fill")).rejects.toMatchObject({ code: "no-such-folder" });
  await expect(refusal("/etc/passwd")).rejects.toMatchObject({ code: "already-there" });
});

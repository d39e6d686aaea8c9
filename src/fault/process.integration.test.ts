import type Dockerode from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../stack/testing/playground.ts";
import { seconds } from "../time.ts";
import { crash } from "./crash.ts";
import type { FaultLook } from "./define.ts";
import { freeze } from "./freeze.ts";
import { hang } from "./hang.ts";
import { restart } from "./restart.ts";
import { stop } from "./stop.ts";
import { FaultGround } from "./testing/fault-ground.ts";

let ground: FaultGround;

beforeAll(async () => {
  ground = await FaultGround.open(crash, hang, stop, restart, freeze);
});

afterAll(() => ground?.[Symbol.asyncDispose]());

const looked = (container: Dockerode.Container) => container.inspect().then((it) => it.State);
const pidOf = (container: Dockerode.Container) => looked(container).then((it) => it.Pid);

/** Two processes that one after the other write what time it is; the second is the first's child. */
const family = `
  const { spawn } = require("node:child_process");
  if (!process.argv[1]) spawn(process.execPath, ["-e", "setInterval(() => undefined, 1e6)", "child"]);
  setInterval(() => undefined, 1e6);
`;

async function processesOf(container: Dockerode.Container) {
  const { Id, State } = await container.inspect();
  return ground.tools.hand.list(Id, State.Pid);
}

/** What a watch tells until the condition is given what it waits for. */
async function watched(
  fault: typeof hang | typeof stop | typeof freeze,
  aim: unknown,
  whileWatching: () => Promise<void>,
) {
  const looks: FaultLook[] = [];
  const end = new AbortController();
  const watching = fault.watch(ground.tools, aim, (it) => looks.push(it), end.signal);
  try {
    await eventually("it is looked at", () => looks.length > 0);
    await whileWatching();
    await eventually("its end is seen", () => looks.at(-1)?.state !== "in-force");
  } finally {
    end.abort();
    await watching;
  }
  return looks.map((it) => it.state).filter((it, i, all) => it !== all[i - 1]);
}

test("nothing that was not injected is witnessed", async () => {
  await ground.service("untouched");
  for (const fault of [crash, hang, stop, restart, freeze])
    expect(await ground.witnessOfNothing(fault, { service: "untouched" })).toBeUndefined();
  expect(await ground.witnessOfNothing(hang, { service: "untouched", processes: "all" })).toBeUndefined();
});

test("a crash kills the service as no person's stop does; its undo starts it once", async () => {
  const container = await ground.service("crashing");
  const aim = await ground.broken(crash, { service: "crashing" });
  await eventually("the engine knows", async () => !(await looked(container)).Running);
  expect((await looked(container)).ExitCode).toBe(137);
  expect(await crash.undo(ground.tools, aim)).toBe("crashing was not running and has been started");
  const { Running, Pid } = await looked(container);
  expect(Running).toBe(true);
  expect(await crash.undo(ground.tools, aim)).toBe("crashing runs again; nothing to put back");
  expect(await pidOf(container)).toBe(Pid);
});

test("a crash of a process that was replaced since hits nobody, and says so", async () => {
  const container = await ground.service("replaced");
  const aim = await crash.aim(ground.tools, { service: "replaced" });
  await container.restart({ t: 0 });
  await expect(crash.inject(ground.tools, aim)).rejects.toMatchObject({ code: "nothing-to-break" });
  expect((await looked(container)).Running).toBe(true);
});

test("a crash by another signal is what the process makes of it", async () => {
  const container = await ground.service("terminated", {
    script: `process.on("SIGTERM", () => process.exit(7)); ${family}`,
  });
  await eventually("it handles the signal", async () => (await processesOf(container)).length === 2);
  await ground.broken(crash, { service: "terminated", signal: "SIGTERM" });
  await eventually("the engine knows", async () => !(await looked(container)).Running);
  expect((await looked(container)).ExitCode).toBe(7);
});

test("a crash of a named process hits the oldest of that name and leaves the main one alone", async () => {
  const script = `for (const name of ["first", "second"]) require("node:child_process").spawn("sleep", ["1000"]); setInterval(() => undefined, 1e6)`;
  const container = await ground.service("named", { script });
  await eventually("both are there", async () => (await processesOf(container)).length === 3);
  const [main, first, second] = await processesOf(container);
  const aim = await ground.broken(crash, { service: "named", process: "sleep" });
  expect(aim).toMatchObject({ process: first?.process });
  await eventually("it is gone", async () => (await processesOf(container)).length === 2);
  expect((await processesOf(container)).map((it) => it.process)).toEqual([main?.process, second?.process]);
  // Nobody starts it again, in a container that runs on.
  expect(await crash.undo(ground.tools, aim)).toBe("sleep did not run again in named, which was restarted");
  await eventually("both are there again", async () => (await processesOf(container)).length === 3);
  expect(await crash.undo(ground.tools, aim)).toBe("named runs again; nothing to put back");
  await expect(crash.aim(ground.tools, { service: "named", process: "nginx" })).rejects.toMatchObject({
    code: "no-such-process",
    facts: { "there are": expect.stringContaining("sleep") },
  });
});

test("one of several containers of a service is hit, and put back", async () => {
  const [one, two] = [await ground.service("several"), await ground.service("several", { number: 2 })];
  const aim = await ground.broken(crash, { service: "several", replica: 2 });
  await eventually("the engine knows", async () => !(await looked(two)).Running);
  expect((await looked(one)).Running).toBe(true);
  expect(await crash.undo(ground.tools, aim)).toBe("several (container 2) was not running and has been started");
  expect((await looked(two)).Running).toBe(true);
});

test("a stop is a person's: the engine has it stopped; who starts it ends it; the undo starts it, twice is harmless", async () => {
  const container = await ground.service("stopping", { host: { RestartPolicy: { Name: "always" } } });
  const aim = await ground.broken(stop, { service: "stopping" });
  expect(await looked(container)).toMatchObject({ Running: false, Restarting: false });
  expect(await stop.undo(ground.tools, aim)).toBe("stopping was not running and has been started");
  expect(await stop.undo(ground.tools, aim)).toBe("stopping runs again; nothing to put back");
  const again = await ground.broken(stop, { service: "stopping" });
  expect(await watched(stop, again, () => container.start())).toEqual(["in-force", "healed"]);
});

test.each([
  { fault: stop, told: /has been started$/ },
  // The engine itself starts it again, perhaps a moment later than we do.
  { fault: restart, told: /has been started$|runs again/ },
])("a $fault.kind that the engine is still about is put back once it is over", async ({ fault, told }) => {
  // Node as a container's first process does not heed SIGTERM: it takes the whole grace.
  const service = `dawdling-${fault.kind}`;
  const container = await ground.service(service);
  const before = await pidOf(container);
  const aim = await ground.aim(fault, { service });
  const injecting = fault.inject(ground.tools, aim);
  expect(await fault.undo(ground.tools, aim)).toMatch(told);
  await injecting;
  const { Running, Pid } = await looked(container);
  expect(Running).toBe(true);
  expect(Pid).not.toBe(before);
});

test("a restart replaces the process and leaves nothing to put back", async () => {
  const container = await ground.service("restarting");
  const before = await pidOf(container);
  const aim = await ground.broken(restart, { service: "restarting" });
  expect((await looked(container)).Running).toBe(true);
  expect(await pidOf(container)).not.toBe(before);
  expect(await restart.undo(ground.tools, aim)).toBe("restarting runs again; nothing to put back");
});

test("a hang freezes the service, which the engine takes for running; its undo lets it go on, twice is harmless", async () => {
  const container = await ground.service("hanging");
  const aim = await ground.broken(hang, { service: "hanging" });
  const State = await looked(container);
  expect(State).toMatchObject({ Running: true, Paused: false });
  const process = await ground.tools.hand.identify((await container.inspect()).Id, State.Pid);
  if (!process) throw new Error("the frozen process is there");
  for (let times = 0; times < 2; times++) {
    expect(await hang.undo(ground.tools, aim)).toBe(`hanging's process ${process.pid} continued`);
    const seen = new AbortController();
    await ground.tools.hand.watch(process, (state) => state === "running" && seen.abort(), seen.signal);
  }
  await container.remove({ force: true });
  await ground.service("hanging");
  expect(await hang.undo(ground.tools, aim)).toBe("hanging's frozen process is gone");
});

test("a hang of all freezes the whole service, and not who looks in from outside; its undo lets all go on", async () => {
  const container = await ground.service("hanging-all", { script: family, host: { Init: true } });
  await eventually("the family is there", async () => (await processesOf(container)).length === 3);
  const aim = await ground.broken(hang, { service: "hanging-all", processes: "all" });
  const states = async () => (await processesOf(container)).map((it) => it.state);
  expect(await states()).toEqual(["stopped", "stopped", "stopped"]);
  const { id } = container;
  const { exitCode } = await ground.tools.stack.run(id, ["node", "-e", "process.exit(3)"], seconds(10));
  expect(exitCode).toBe(3);
  expect(await hang.undo(ground.tools, aim)).toBe("hanging-all's 3 frozen processes continued");
  expect(await states()).toEqual(["running", "running", "running"]);
  expect(await hang.undo(ground.tools, aim)).toBe("hanging-all has no frozen process any more; nothing to put back");
});

test("a hang of all catches what is forking meanwhile, and is seen to end when one of them goes on", async () => {
  const forking = `setInterval(() => require("node:child_process").spawn("sleep", ["0.5"]), 5)`;
  const container = await ground.service("forking", { script: forking });
  await eventually("it forks", async () => (await processesOf(container)).length > 5);
  const aim = await ground.broken(hang, { service: "forking", processes: "all" });
  const frozen = await processesOf(container);
  expect(new Set(frozen.map((it) => it.state))).toEqual(new Set(["stopped"]));
  const child = frozen.at(-1)?.process;
  if (!child) throw new Error("a child is frozen");
  const told = await watched(hang, aim, async () => void (await ground.tools.hand.signal(child, "SIGCONT")));
  expect(told).toEqual(["in-force", "released"]);
  await hang.undo(ground.tools, aim);
  await eventually("it forks again", async () => {
    const last = (await processesOf(container)).at(-1);
    return last !== undefined && last.process.startTicks > child.startTicks;
  });
  await container.remove({ force: true }); // it would keep a core busy
});

test("a hang of all is seen to end when one of the processes is killed", async () => {
  const container = await ground.service("bereaved", { script: family });
  await eventually("the family is there", async () => (await processesOf(container)).length === 2);
  const aim = await ground.broken(hang, { service: "bereaved", processes: "all" });
  const child = (await processesOf(container))[1]?.process;
  if (!child) throw new Error("the child is there");
  const told = await watched(hang, aim, async () => void (await ground.tools.hand.signal(child, "SIGKILL")));
  expect(told).toEqual(["in-force", "released"]);
});

test("a freeze stops the whole container; its undo thaws it, twice is harmless, and a restart ends it", async () => {
  const container = await ground.service("freezing");
  const aim = await ground.broken(freeze, { service: "freezing" });
  expect(await looked(container)).toMatchObject({ Running: true, Paused: true });
  await expect(freeze.aim(ground.tools, { service: "freezing" })).rejects.toMatchObject({ code: "nothing-to-break" });
  expect(await freeze.undo(ground.tools, aim)).toBe("freezing thawed");
  expect((await looked(container)).Paused).toBe(false);
  expect(await freeze.undo(ground.tools, aim)).toBe("freezing is not frozen any more; nothing to put back");
  const again = await ground.broken(freeze, { service: "freezing" });
  const told = await watched(freeze, again, () => container.restart({ t: 0 }));
  expect(told[0]).toBe("in-force");
  expect(["replaced", "healed"]).toContain(told[1]);
  expect(await looked(container)).toMatchObject({ Running: true, Paused: false });
});

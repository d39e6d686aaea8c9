import type Dockerode from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Project } from "../stack/project.ts";
import { eventually, Playground } from "../stack/testing/playground.ts";
import { seconds } from "../time.ts";
import { crash } from "./crash.ts";
import type { AnyFault, FaultTools } from "./define.ts";
import { startHand } from "./hand/start.ts";
import { hang } from "./hang.ts";
import { noWire } from "./testing/no-tools.ts";

let playground: Playground;
let tools: FaultTools;

beforeAll(async () => {
  playground = await Playground.open();
  const { docker, image, name, labels } = playground;
  tools = {
    stack: new Project(docker, name, [`io.healproof.test=${name}`]),
    hand: await startHand(docker, { image, name: `${name}-hand`, labels }),
    wire: noWire,
  };
}, 30_000);

afterAll(async () => {
  await tools?.hand[Symbol.asyncDispose]();
  await playground?.[Symbol.asyncDispose]();
}, 30_000);

/** A container that the project takes for one of its services. Nothing restarts it. */
async function service(name: string): Promise<Dockerode.Container> {
  const container = await playground.docker.createContainer({
    name: `${playground.name}-${name}`,
    Image: playground.image,
    Entrypoint: ["node"],
    Cmd: ["-e", "setInterval(() => undefined, 1e6)"],
    Labels: {
      ...playground.labels,
      "com.docker.compose.project": playground.name,
      "com.docker.compose.service": name,
    },
    HostConfig: { NetworkMode: playground.name },
  });
  await container.start();
  return container;
}

async function breakAndWitness(fault: AnyFault, name: string): Promise<unknown> {
  // As from the disk: the undo of another process has nothing else.
  const aim: unknown = JSON.parse(JSON.stringify(await fault.aim(tools, { service: name })));
  const { from, to } = await fault.inject(tools, aim);
  const bite = await fault.witness(tools, aim, seconds(5));
  expect(to).toBeGreaterThanOrEqual(from);
  expect(bite?.to).toBeGreaterThan(from);
  return aim;
}

test("a crash kills the service as no person's stop does; its undo starts it once", async () => {
  const container = await service("crashing");
  const aim = await breakAndWitness(crash, "crashing");
  await eventually("the engine knows", async () => !(await container.inspect()).State.Running);
  expect((await container.inspect()).State.ExitCode).toBe(137);
  expect(await crash.undo(tools, aim)).toBe("crashing was not running and has been started");
  const { State } = await container.inspect();
  expect(State.Running).toBe(true);
  expect(await crash.undo(tools, aim)).toBe("crashing runs again; nothing to put back");
  expect((await container.inspect()).State.Pid).toBe(State.Pid);
}, 20_000);

test("a crash of a process that was replaced since hits nobody, and says so", async () => {
  const container = await service("replaced");
  const aim = await crash.aim(tools, { service: "replaced" });
  await container.restart({ t: 0 });
  await expect(crash.inject(tools, aim)).rejects.toMatchObject({ code: "nothing-to-break" });
  expect((await container.inspect()).State.Running).toBe(true);
}, 20_000);

test("a hang freezes the service, which the engine takes for running; its undo lets it go on, twice is harmless", async () => {
  const container = await service("hanging");
  const aim = await breakAndWitness(hang, "hanging");
  const { State } = await container.inspect();
  expect(State).toMatchObject({ Running: true, Paused: false });
  const process = await tools.hand.identify((await container.inspect()).Id, State.Pid);
  if (!process) throw new Error("the frozen process is there");
  for (let times = 0; times < 2; times++) {
    expect(await hang.undo(tools, aim)).toBe(`hanging's process ${process.pid} continued`);
    const seen = new AbortController();
    await tools.hand.watch(process, (state) => state === "running" && seen.abort(), seen.signal);
  }
  await container.remove({ force: true });
  expect(await hang.undo(tools, aim)).toBe("hanging's frozen process is gone");
}, 20_000);

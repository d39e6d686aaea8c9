import type Dockerode from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostNow } from "../clock.ts";
import { Project, withoutFrames } from "../stack/project.ts";
import { eventually, Playground } from "../stack/testing/playground.ts";
import { ms, seconds } from "../time.ts";
import type { FaultLook, FaultTools } from "./define.ts";
import { devicePowerLoss } from "./device-power-loss.ts";
import { noTools } from "./testing/no-tools.ts";

let playground: Playground;
let tools: FaultTools;

beforeAll(async () => {
  playground = await Playground.open();
  const { docker, name } = playground;
  tools = { ...noTools, stack: new Project(docker, name, [`io.healproof.test=${name}`]) };
});

afterAll(() => playground?.[Symbol.asyncDispose]());

/** Says something each 50 ms to whoever is connected, and good-bye when it is told to end. */
const talks = `require("node:net").createServer((it) => { it.on("error", () => {}); setInterval(() => it.write("."), 50); }).listen(80)`;

async function device(name: string): Promise<Dockerode.Container> {
  const container = await playground.docker.createContainer({
    name: `${playground.name}-${name}`,
    Image: playground.image,
    Entrypoint: ["node"],
    Cmd: ["-e", talks],
    User: "0:0",
    Labels: {
      ...playground.labels,
      "com.docker.compose.project": playground.name,
      "com.docker.compose.service": name,
    },
    HostConfig: { NetworkMode: playground.name, RestartPolicy: { Name: "always" } },
    NetworkingConfig: { EndpointsConfig: { [playground.name]: { Aliases: [name] } } },
  });
  await container.start();
  return container;
}

/** As from the disk: the undo of another process has nothing else. */
async function aimAt(params: object): Promise<unknown> {
  return JSON.parse(JSON.stringify(await devicePowerLoss.aim(tools, params)));
}

/** A stack whose caller dies before the device is started: what it holds by then, it never lets go. */
class Killed extends Project {
  override start(): Promise<void> {
    return Promise.reject(new Error("killed"));
  }
  override async vacate(): Promise<void> {}
}

/** A container with a lasting connection to another: what it heard on it. */
async function peerOf(alias: string, name = `${alias}-peer`): Promise<() => Promise<string>> {
  const script = `
    const it = require("node:net").connect(80, "${alias}");
    it.once("data", () => console.log("heard"));
    for (const how of ["end", "error", "close"]) it.on(how, () => console.log(how));`;
  const peer = await playground.run(name, script);
  const heard = async () => withoutFrames(await peer.logs({ stdout: true, stderr: true, follow: false }));
  await eventually(`${alias} answers its peer`, async () => (await heard()).includes("heard"), 10_000);
  return heard;
}

test("a device without power is gone without a good-bye, stays gone whatever its restart policy, and returns where it was", async () => {
  const container = await device("plug");
  const heard = await peerOf("plug");
  const before = await playground.addressOf(container);
  const aim = await aimAt({ device: "plug" });

  const { from, to } = await devicePowerLoss.inject(tools, aim);
  const bite = await devicePowerLoss.witness(tools, aim, seconds(5));
  expect(from).toBeLessThanOrEqual(to);
  expect(bite?.to).toBeGreaterThanOrEqual(to);
  expect((await container.inspect()).State.Running).toBe(false);
  expect((await container.inspect()).RestartCount).toBe(0);

  // Somebody who starts it has a device without a network.
  await container.start();
  const looks: FaultLook[] = [];
  const looked = new AbortController();
  const tell = (it: FaultLook) => {
    looks.push(it);
    looked.abort();
  };
  await devicePowerLoss.watch(tools, aim, tell, looked.signal);
  expect(looks).toMatchObject([{ state: "in-force" }]);
  expect(await playground.addressOf(container)).toBeUndefined();

  expect(await devicePowerLoss.undo(tools, aim)).toBe(`plug has power again, at ${before}`);
  expect(await playground.addressOf(container)).toBe(before);
  const { Pid } = (await container.inspect()).State;
  expect(await devicePowerLoss.undo(tools, aim)).toBe("plug has power");
  expect((await container.inspect()).State.Pid).toBe(Pid);
  // It is found by its name, too.
  await peerOf("plug", "plug-late-peer");
  expect(await heard()).toBe("heard\n");
});

test("it returns at a new address, once its boot time is over, and nothing keeps the old one", async () => {
  const container = await device("lamp");
  const before = await playground.addressOf(container);
  const others = (await playground.containers()).sort();
  const aim = await aimAt({ device: "lamp", returnsAt: "new-address", boot: "700ms" });
  await devicePowerLoss.inject(tools, aim);
  expect(await devicePowerLoss.witness(tools, aim, seconds(5))).toBeDefined();

  const power = hostNow();
  const did = await devicePowerLoss.undo(tools, aim);
  expect(hostNow() - power).toBeGreaterThan(700);
  const now = await playground.addressOf(container);
  expect(now).not.toBe(before);
  expect(did).toBe(`lamp has power again, at ${now}`);
  expect((await playground.containers()).sort()).toEqual(others);
  expect(await devicePowerLoss.undo(tools, aim)).toBe("lamp has power");
  expect(await playground.addressOf(container)).toBe(now);
});

test("an undo that was killed while it held the old address leaves nothing to the next one", async () => {
  const container = await device("fan");
  const before = await playground.addressOf(container);
  const others = (await playground.containers()).sort();
  const aim = await aimAt({ device: "fan", returnsAt: "new-address" });
  await devicePowerLoss.inject(tools, aim);
  const killed = { ...tools, stack: new Killed(playground.docker, playground.name, []) };
  await expect(devicePowerLoss.undo(killed, aim)).rejects.toThrow("killed");
  expect((await playground.containers()).length).toBeGreaterThan(others.length);

  await devicePowerLoss.undo(tools, aim);
  expect((await playground.containers()).sort()).toEqual(others);
  expect(await playground.addressOf(container)).not.toBe(before);
  expect((await container.inspect()).State.Running).toBe(true);
});

test("a device whose address somebody else took meanwhile has power all the same, and that is told", async () => {
  const container = await device("heater");
  const aim = await aimAt({ device: "heater" });
  await devicePowerLoss.inject(tools, aim);
  const squatter = await playground.run("squatter", "setInterval(() => undefined, 1e6)");
  await expect(devicePowerLoss.undo(tools, aim)).rejects.toMatchObject({ code: "wrong-address" });
  expect((await container.inspect()).State.Running).toBe(true);
  expect(await devicePowerLoss.undo(tools, aim)).toBe("heater has power");
  await squatter.remove({ force: true });
});

test("a device that is dark already, or on no network, is refused; one that was replaced is left alone", async () => {
  const container = await device("radio");
  const aim = await aimAt({ device: "radio" });
  await container.kill();
  await expect(aimAt({ device: "radio" })).rejects.toMatchObject({ code: "nothing-to-break" });
  await container.start();
  await playground.docker.getNetwork(playground.name).disconnect({ Container: container.id });
  await expect(aimAt({ device: "radio" })).rejects.toMatchObject({ code: "nothing-to-break" });
  await container.remove({ force: true });
  const next = await device("radio");
  expect(await devicePowerLoss.witness(tools, aim, ms(50))).toBeUndefined();
  expect(await devicePowerLoss.undo(tools, aim)).toBe("radio is another container now; nothing to put back");
  expect((await next.inspect()).State.Running).toBe(true);
});

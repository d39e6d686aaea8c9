import type Dockerode from "dockerode";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { Project } from "../stack/project.ts";
import { gone } from "../stack/remove.ts";
import { Playground } from "../stack/testing/playground.ts";
import { ms, seconds } from "../time.ts";
import type { FaultLook, FaultTools } from "./define.ts";
import { exec } from "./exec.ts";
import { noTools } from "./testing/no-tools.ts";

let playground: Playground;
let tools: FaultTools;
beforeAll(async () => {
  playground = await Playground.open();
  const { docker, name } = playground;
  tools = { ...noTools, stack: new Project(docker, name, [`io.healproof.test=${name}`]) };
});
afterAll(() => playground?.[Symbol.asyncDispose]());

async function container(service: string, number: number): Promise<Dockerode.Container> {
  const made = await playground.docker.createContainer({
    name: `${playground.name}-${service}-${number}`,
    Image: playground.image,
    Entrypoint: ["node", "-e", "setInterval(() => undefined, 1e6)"],
    User: "0:0",
    Labels: {
      ...playground.labels,
      "com.docker.compose.project": playground.name,
      "com.docker.compose.service": service,
      "com.docker.compose.container-number": `${number}`,
    },
    HostConfig: { NetworkMode: playground.name, Init: true },
  });
  await made.start();
  onTestFinished(() => gone(made.remove({ force: true })));
  return made;
}

const js = (script: string) => ["node", "-e", script];
const file = "/tmp/broken";
const breaks = js(`require("fs").writeFileSync("${file}", String(process.getuid()))`);
const isBroken = js(`process.exit(require("fs").existsSync("${file}") ? 0 : 1)`);
const mends = js(`require("fs").rmSync("${file}", { force: true })`);
const params = { service: "api", run: breaks, witness: isBroken, undo: mends };
const aimAt = async (it: object): Promise<unknown> => JSON.parse(JSON.stringify(await exec.aim(tools, it)));

test("a command breaks one container as the user it is told, is witnessed there and put back there", async () => {
  const [first, second] = [await container("api", 1), await container("api", 2)];
  const said = async (it: Dockerode.Container) =>
    (await tools.stack.run(it.id, js(`process.stdout.write(require("fs").readFileSync("${file}"))`), seconds(5))).out;
  const aim = await aimAt({ ...params, replica: 2, as: "1000" });
  expect(await exec.witness(tools, aim, ms(10))).toBeUndefined();
  await exec.inject(tools, aim);
  expect(await exec.witness(tools, aim, seconds(5))).toBeDefined();
  expect([await said(first), await said(second)]).toEqual(["", "1000"]);

  const looks: FaultLook[] = [];
  const watching = exec.watch(tools, aim, (it) => looks.push(it), new AbortController().signal);
  await expect.poll(() => looks.length).toBe(1);
  expect(await exec.undo(tools, aim)).toMatch(/was run in api$/);
  await watching;
  expect(looks.map((it) => it.state)).toEqual(["in-force", "healed"]);
  expect(await said(second)).toBe("");
  await exec.undo(tools, aim);
});

test("a container that is down cannot be asked: the fault is in force, and its undo starts it", async () => {
  const it = await container("api", 1);
  const aim = await aimAt(params);
  await exec.inject(tools, aim);
  await it.kill();
  expect(await exec.witness(tools, aim, ms(10))).toBeUndefined();
  const looked = new AbortController();
  const looks: FaultLook[] = [];
  const tell = (look: FaultLook) => {
    looks.push(look);
    looked.abort();
  };
  await exec.watch(tools, aim, tell, looked.signal);
  expect(looks).toMatchObject([{ state: "in-force" }]);
  await expect(exec.inject(tools, aim)).rejects.toMatchObject({ facts: { why: "its container does not run" } });
  expect(await exec.undo(tools, aim)).toMatch(/in api, which was started again$/);
  expect((await tools.stack.run(it.id, isBroken, seconds(5))).exitCode).toBe(1);
});

test("a command that fails, or is not there, says so with what it printed", async () => {
  await container("api", 1);
  const failing = await aimAt({ ...params, run: js("console.log('read-only here'); process.exit(9)") });
  await expect(exec.inject(tools, failing)).rejects.toMatchObject({
    code: "exec-failed",
    facts: { "exit code": "9", "it printed": "read-only here" },
  });
  const absent = await aimAt({ ...params, witness: ["healproof-no-such-program"] });
  await expect(exec.witness(tools, absent, seconds(5))).rejects.toMatchObject({
    code: "exec-failed",
    facts: { "it printed": expect.stringContaining("healproof-no-such-program") },
  });
});

test("a service that the stack does not have is refused before anything is run", async () => {
  await expect(aimAt({ ...params, service: "nobody" })).rejects.toMatchObject({
    code: "no-such-service",
    exitCode: 64,
  });
});

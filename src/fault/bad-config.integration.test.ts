import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Dockerode from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planOf } from "../judge/testing/journal-builder.ts";
import { startContainers } from "../stack/containers.ts";
import { connectEngine } from "../stack/engine.ts";
import { ensureHelperImage } from "../stack/helper-image.ts";
import { label, ownerMark, projectPrefix } from "../stack/labels.ts";
import { Project } from "../stack/project.ts";
import { removeLabelled } from "../stack/remove.ts";
import type { StartedStack } from "../stack/stack.ts";
import { eventually } from "../stack/testing/playground.ts";
import { seconds } from "../time.ts";
import { badConfig } from "./bad-config.ts";
import type { FaultLook, FaultTools } from "./define.ts";
import { noTools } from "./testing/no-tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const folder = mkdtempSync(join(tmpdir(), "hp-config-"));
let docker: Dockerode;
let stack: StartedStack;
let tools: FaultTools;

const node = (script: string) => ({ image: "", entrypoint: ["node", "-e"], command: [script], init: true });
const check = "fetch('http://localhost:8080').then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))";
const model = {
  services: {
    api: {
      ...node('require("http").createServer((_, a) => a.writeHead(process.env.STATUS).end()).listen(8080)'),
      restart: "always",
      environment: { STATUS: "200", SECRET: "a$$b" },
      healthcheck: { test: ["CMD", "node", "-e", check], interval: "500ms", timeout: "5s", retries: 30 },
    },
    mute: { ...node("setInterval(() => {}, 1e6)"), restart: "always" },
  },
};

beforeAll(async () => {
  ({ docker } = await connectEngine());
  const image = await ensureHelperImage(docker);
  for (const it of Object.values(model.services)) it.image = image;
  const compose = join(folder, "compose.yaml");
  writeFileSync(compose, JSON.stringify(model));
  const plan = planOf([], { stack: { compose, overrides: {}, variables: {}, shares: [] } });
  const project = `${projectPrefix}${run}-1`;
  stack = await startContainers({ docker, plan, run, owner: ownerMark(), project }, AbortSignal.timeout(60_000));
  // As another process knows it.
  tools = { ...noTools, stack: new Project(docker, project, [`${label.run}=${run}`]) };
}, 90_000);

afterAll(async () => {
  await stack?.down();
  await removeLabelled(docker, [`${label.run}=${run}`]);
  rmSync(folder, { recursive: true });
});

const aimAt = async (params: object): Promise<unknown> =>
  JSON.parse(JSON.stringify(await badConfig.aim(tools, params)));
const idOf = async (service: string) => (await tools.stack.container(service)).id;
const envOf = async (service: string) => (await docker.getContainer(await idOf(service)).inspect()).Config.Env;

async function healthy(): Promise<void> {
  await eventually("api is healthy", async () => (await tools.stack.states("api"))[0]?.health === "healthy", 30_000);
}

/** What a look says now. */
async function lookAt(aim: unknown): Promise<FaultLook["state"] | undefined> {
  const looked = new AbortController();
  let state: FaultLook["state"] | undefined;
  const tell = (it: FaultLook) => {
    state = it.state;
    looked.abort();
  };
  await badConfig.watch(tools, aim, tell, looked.signal);
  return state;
}

test("a service that fails its healthchecks by its new configuration has bitten; the undo gives it back the former one, once", async () => {
  await healthy();
  const [before, other] = [await idOf("api"), await idOf("mute")];
  const aim = await aimAt({ service: "api", set: { environment: { STATUS: "500", PRICE: "5$" } } });
  expect(JSON.stringify(aim)).not.toContain("a$b");
  await badConfig.inject(tools, aim);
  expect(await idOf("api")).not.toBe(before);
  expect(await envOf("api")).toEqual(expect.arrayContaining(["STATUS=500", "PRICE=5$", "SECRET=a$b"]));
  expect(await badConfig.witness(tools, aim, seconds(8))).toBeDefined();
  expect(await lookAt(aim)).toBe("in-force");

  expect(await badConfig.undo(tools, aim)).toBe("api has been recreated with its former configuration");
  await healthy();
  const now = await idOf("api");
  expect(await envOf("api")).toEqual(expect.arrayContaining(["STATUS=200", "SECRET=a$b"]));
  expect(await badConfig.undo(tools, aim)).toBe("api has its former configuration; nothing to put back");
  expect([await idOf("api"), await idOf("mute")]).toEqual([now, other]);
});

test("a service that ends by its new configuration has bitten, whatever restarts it; who rolls it back has healed it", async () => {
  const aim = await aimAt({ service: "mute", set: { command: ["process.exit(3)"] } });
  await badConfig.inject(tools, aim);
  expect(await badConfig.witness(tools, aim, seconds(8))).toBeDefined();
  expect(await lookAt(aim)).toBe("in-force");
  await tools.stack.recreate("mute", {});
  expect(await lookAt(aim)).toBe("healed");
  expect(await badConfig.undo(tools, aim)).toBe("mute has its former configuration; nothing to put back");
});

test("a configuration under which the service works, or that is its own, does not bite", async () => {
  await healthy();
  for (const set of [{ environment: { COLOUR: "blue" } }, { environment: { STATUS: "200" } }]) {
    const aim = await aimAt({ service: "api", set });
    await badConfig.inject(tools, aim);
    expect(await badConfig.witness(tools, aim, seconds(4))).toBeUndefined();
    await badConfig.undo(tools, aim);
    await healthy();
  }
});

test("what cannot be done is refused before anything is touched", async () => {
  const before = await idOf("mute");
  await expect(aimAt({ service: "mute", set: { image: "healproof-no-such-image" } })).rejects.toMatchObject({
    code: "no-image",
  });
  await expect(aimAt({ service: "nobody", set: { command: ["x"] } })).rejects.toMatchObject({
    code: "no-such-service",
    exitCode: 64,
  });
  const unknown = { ...tools, stack: new Project(docker, "nowhere", []) };
  const params = { service: "mute", set: { command: ["x"] } };
  await expect(badConfig.aim(unknown, params)).rejects.toMatchObject({ code: "stack-unknown" });
  expect(await idOf("mute")).toBe(before);
});

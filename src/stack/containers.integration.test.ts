import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { planOf } from "../judge/testing/journal-builder.ts";
import { type Duration, seconds } from "../time.ts";
import { checkedStack, type StackOrder, startContainers } from "./containers.ts";
import { connectEngine } from "./engine.ts";
import { ensureHelperImage } from "./helper-image.ts";
import { label, ownerMark, projectPrefix } from "./labels.ts";
import { removeLabelled } from "./remove.ts";

/** A run of a test's own, what it starts stacks with, and services to put into them; all of it is removed afterwards. */
async function ground() {
  const { docker } = await connectEngine();
  const image = await ensureHelperImage(docker);
  const folder = mkdtempSync(join(tmpdir(), "hp-stack-"));
  const run = `test-${randomBytes(4).toString("hex")}`;
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await removeLabelled(docker, [`${label.run}=${run}`]);
  });
  const write = (model: object): string => {
    const compose = join(folder, "compose.yaml");
    writeFileSync(compose, JSON.stringify(model));
    return compose;
  };
  return {
    docker,
    run,
    node: (script: string) => ({ image, entrypoint: ["node", "-e", script] }),
    write,
    start(model: object, name: string, within?: Duration, failed?: StackOrder["failed"]) {
      const compose = write(model);
      const plan = planOf([], { stack: { compose, overrides: {}, variables: {}, shares: [] } });
      const order = { docker, plan, run, owner: ownerMark(), project: `${projectPrefix}${name}` };
      return startContainers(
        { ...order, ...(within && { within }), ...(failed && { failed }) },
        AbortSignal.timeout(60_000),
      );
    },
  };
}

test("what is not healthy when the time is over is named, with what its check and its log said last, and removed", async () => {
  const { docker, run, node, start } = await ground();
  const model = {
    services: {
      // It is never called unhealthy: no event tells of it.
      slow: {
        ...node("console.log('reading my configuration'); setInterval(() => {}, 1e6)"),
        healthcheck: {
          test: ["CMD", "node", "-e", "console.log('not yet'); process.exit(1)"],
          interval: "1s",
          timeout: "5s",
          start_period: "600s",
        },
      },
      waits: { ...node("setInterval(() => {}, 1e6)"), depends_on: { slow: { condition: "service_healthy" } } },
    },
  };
  await expect(start(model, run, seconds(8))).rejects.toMatchObject({
    code: "stack-not-up",
    facts: {
      slow: "starting, last check exit 1: not yet; it logged last:\nreading my configuration",
      waits: "never started",
      reason: "still not up after 8.00 s",
    },
  });
  const filters = JSON.stringify({ label: [`${label.run}=${run}`] });
  expect(await docker.listContainers({ all: true, filters })).toEqual([]);
});

test("what there is of a stack that does not come up is given to be saved before it is removed", async () => {
  const { run, node, start } = await ground();
  const model = {
    services: {
      sick: { ...node("console.log('no such table'); process.exit(3)"), healthcheck: { test: ["CMD", "false"] } },
      waits: { ...node("setInterval(() => {}, 1e6)"), depends_on: { sick: { condition: "service_healthy" } } },
    },
  };
  const saved: unknown[] = [];
  const starting = start(model, run, seconds(20), async (remains) => {
    for (const { service, status, exitCode } of await remains.look()) saved.push([service, status, exitCode]);
    saved.push((await remains.logs("sick")).replace(/^\S+ /, ""));
  });
  await expect(starting).rejects.toMatchObject({ code: "stack-not-up", facts: { see: "evidence/" } });
  expect(saved).toEqual([["sick", "exited", 3], ["waits", "created", 0], "no such table\n"]);
});

test("two copies of a stack that fixes its subnet, its addresses and its names run side by side, and its services find each other", async () => {
  const { run, node, start } = await ground();
  // Two names of the service it asks: the file's, and the container's own.
  const ask = `for (const name of ["api", "${run}-api"]) fetch("http://" + name + ":8080").catch(() => process.exit(1))`;
  const model = {
    services: {
      api: {
        ...node('require("http").createServer((_, answer) => answer.end()).listen(8080)'),
        container_name: `${run}-api`,
        mac_address: "02:42:0a:f7:00:05",
        networks: { lan: { ipv4_address: "10.247.0.5" } },
      },
      caller: {
        ...node("setInterval(() => {}, 1e6)"),
        networks: ["lan"],
        healthcheck: { test: ["CMD", "node", "-e", ask], interval: "1s", timeout: "5s", retries: 20 },
      },
    },
    networks: {
      lan: {
        driver_opts: { "com.docker.network.bridge.name": "hp-test-br" },
        ipam: { config: [{ subnet: "10.247.0.0/24" }] },
      },
    },
  };
  // One after the other: the first stays while the second starts.
  const [first, second] = [await start(model, `${run}-1`), await start(model, `${run}-2`)];
  for (const stack of [first, second])
    expect((await stack.containers.look()).map(({ service, running }) => [service, running])).toEqual([
      ["api", true],
      ["caller", true],
    ]);
  await Promise.all([first.down(), second.down()]);
});

test("a stack that is only on a network which is not its own is reached in that", async () => {
  const { docker, run, node, write } = await ground();
  const name = `${run}-proxy`;
  await docker.createNetwork({ Name: name, Labels: { [label.run]: run } });
  const compose = write({
    services: { web: { ...node("setInterval(() => {}, 1e6)"), networks: ["proxy"] } },
    networks: { proxy: { external: true, name } },
  });
  const shares = [`external network ${name}`];
  const plan = planOf([], { stack: { compose, overrides: {}, variables: {}, shares } });
  const order = { docker, plan, run, owner: ownerMark(), project: `${projectPrefix}${run}` };
  const stack = await startContainers(order, AbortSignal.timeout(60_000));
  expect(stack.networks).toEqual([name]);
  await stack.down();
});

test("a service of a profile is left out, unless a scenario names it: that activates it, as in Compose", async () => {
  const { write } = await ground();
  const stack = {
    compose: write({ services: { api: { image: "api" }, debugger: { image: "debugger", profiles: ["debug"] } } }),
    overrides: {},
    variables: {},
    shares: [],
  };
  expect((await checkedStack(stack)).services).toEqual(["api"]);
  expect((await checkedStack({ ...stack, services: ["api", "debugger"] })).services).toEqual(["api", "debugger"]);
  await expect(checkedStack({ ...stack, services: ["debuger"] })).rejects.toMatchObject({ code: "no-such-service" });
});

test("a seccomp profile beside the Compose file is found from a trial's copy, too", async () => {
  const { write } = await ground();
  const security_opt = ["no-new-privileges:true", "seccomp:./profiles/api.json", "apparmor=unconfined"];
  const compose = write({ services: { api: { image: "api", security_opt }, web: { image: "web" } } });
  const { model } = await checkedStack({ compose, overrides: {}, variables: {}, shares: [] });
  expect(model.services.api?.security_opt).toEqual(
    security_opt.with(1, `seccomp:${join(dirname(compose), "profiles/api.json")}`),
  );
});

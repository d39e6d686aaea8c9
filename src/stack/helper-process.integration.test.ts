import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHand } from "../fault/hand/start.ts";
import { startProbe } from "../observe/probe/start.ts";
import { eventually, Playground } from "./testing/playground.ts";

let playground: Playground;

beforeAll(async () => {
  playground = await Playground.open();
});

afterAll(() => playground?.[Symbol.asyncDispose]());

test("helpers whose harness was killed with SIGKILL go by themselves", async () => {
  const { image, name, labels } = playground;
  const file = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const order = (helper: string) => JSON.stringify({ image, network: name, name: `${name}-${helper}`, labels });
  const harness = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import Dockerode from "dockerode";
       import { startProbe } from ${file("../observe/probe/start.ts")};
       import { startHand } from ${file("../fault/hand/start.ts")};
       const docker = new Dockerode();
       const probe = await startProbe(docker, ${order("probe")});
       await startHand(docker, ${order("hand")});
       probe.watch("http://nobody/", { everyMs: 10, timeoutMs: 1000, maxInFlight: 32 }, () => {}, new AbortController().signal);
       console.log("both are up");`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await once(harness.stdout, "data", { signal: AbortSignal.timeout(15_000) });
    expect((await playground.containers()).toSorted()).toEqual([`${name}-hand`, `${name}-probe`]);
  } finally {
    harness.kill("SIGKILL");
  }
  await eventually("both are removed", async () => (await playground.containers()).length === 0);
});

test("disposing of a helper returns once the engine has removed its container, and twice is harmless", async () => {
  const { docker, image, name, labels } = playground;
  const probe = await startProbe(docker, { image, network: name, name: `${name}-p`, labels });
  const hand = await startHand(docker, { image, name: `${name}-h`, labels });
  await Promise.all([probe, hand, probe].map((helper) => helper[Symbol.asyncDispose]()));
  expect(await playground.containers()).toEqual([]);
  await expect(probe.fetch("http://web/", { timeoutMs: 1000 })).rejects.toThrow("has been ended");
});

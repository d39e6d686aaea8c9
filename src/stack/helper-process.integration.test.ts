import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Dockerode from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHand } from "../fault/hand/start.ts";
import { stretchLimits } from "../limit.ts";
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

test("a helper that we are cut off from is not waited for when it is disposed of, on a slow machine either", async () => {
  const { image, name, labels } = playground;
  const folder = mkdtempSync(join(tmpdir(), "healproof-way-"));
  const socketPath = join(folder, "engine.sock");
  const ends = new Set<Socket>();
  const way = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: "/var/run/docker.sock", allowHalfOpen: true });
    for (const it of [near, far]) ends.add(it.on("error", () => undefined));
    near.pipe(far).pipe(near);
  });
  try {
    await once(way.listen(socketPath), "listening");
    const order = { image, network: name, name: `${name}-cut`, labels };
    const probe = await startProbe(new Dockerode({ socketPath }), order);
    way.close();
    for (const it of ends) it.destroy();
    await expect(probe.lost).rejects.toThrow("the probe was lost");
    using _ = stretchLimits(1000);
    // Nothing can be removed while the engine is away; later it can.
    await expect(probe[Symbol.asyncDispose]()).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    // Whoever asks anew finds the engine, as behind a tunnel that was opened anew.
    await once(way.listen(socketPath), "listening");
    await probe[Symbol.asyncDispose]();
    expect(await playground.containers()).toEqual([]);
  } finally {
    for (const it of ends) it.destroy();
    way.close();
    rmSync(folder, { recursive: true });
  }
});

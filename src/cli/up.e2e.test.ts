import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Healproof, leftOf, smallStack } from "./testing/healproof.ts";

/** A stack by hand. There is one at a time for each user of a machine: these tests go one after the other. */

/** The Compose file of one small API, with something of it said otherwise. */
function smallApi(healproof: Healproof, changes: object): string {
  smallStack(healproof.folder, "");
  const file = join(healproof.folder, "compose.yaml");
  const model = JSON.parse(readFileSync(file, "utf8"));
  Object.assign(model.services.api, changes);
  writeFileSync(file, JSON.stringify(model));
  return file;
}

test("up names a port that somebody has and how to find who, and starts nothing", { timeout: 180_000 }, async () => {
  using healproof = new Healproof();
  const somebody = createServer().listen(0, "127.0.0.1");
  await once(somebody, "listening");
  try {
    const address = somebody.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const { code, out, err } = await healproof.run(["up", smallApi(healproof, { ports: [`127.0.0.1:${port}:8080`] })]);
    expect(code, err).toBe(64);
    expect(out).toBe("");
    expect(err).toContain(`127.0.0.1:${port}, wanted by api`);
    expect(err).toContain("ending what uses them (ss -ltnp tells)");
    expect(await leftOf("by-hand")).toEqual([]);
  } finally {
    somebody.close();
    await healproof.run(["down"]);
  }
});

test("up says which service does not get healthy, what its check says and what it logged, and leaves it to be looked at", {
  timeout: 180_000,
}, async () => {
  using healproof = new Healproof();
  const file = smallApi(healproof, {
    command: ["node", "-e", "console.log('no such setting: COLOUR'); setInterval(() => {}, 1e6)"],
    healthcheck: { test: ["CMD", "node", "-e", "console.log('refused'); process.exit(1)"], interval: "1s", retries: 1 },
  });
  const { code, err } = await healproof.run(["up", file]);
  try {
    expect(code, err).toBe(70);
    expect(err).toContain("did not come up healthy (limit 60.0 s)");
    expect(err).toMatch(/api +unhealthy, last check exit 1: refused; it logged last:\n +no such setting: COLOUR\n/);
    expect(await leftOf("by-hand")).toContain("/healproof-by-hand-api-1");
  } finally {
    expect((await healproof.run(["down"])).code).toBe(0);
  }
});

test("up, down and clean tell programs what they did", { timeout: 180_000 }, async () => {
  using healproof = new Healproof();
  // The engine chooses the port.
  const file = smallApi(healproof, { ports: ["127.0.0.1::8080"] });

  const up = await healproof.run(["up", "--json", file]);
  expect(up.code, up.err).toBe(0);
  const down = async () => {
    const { code, out, err } = await healproof.run(["down", "--json"]);
    expect(code, err).toBe(0);
    return JSON.parse(out);
  };
  try {
    expect(JSON.parse(up.out)).toEqual([{ service: "api", address: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d+$/) }]);
    const set = "set={ command: [node, -e, 'process.exit(3)'] }";
    const byHand = ["--project", "healproof-by-hand"]; // others may have a stack up at the same time
    const inject = [
      "inject",
      "bad-config",
      "--param",
      "service=api",
      "--param",
      set,
      "--for",
      "1s",
      "--json",
      ...byHand,
    ];
    const { code, out, err } = await healproof.run(inject);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ project: "healproof-by-hand", outcome: "undone" });
  } finally {
    expect(await down()).toEqual({ containers: 1, networks: 1, volumes: 0, stuck: [] });
  }
  expect(await down()).toEqual({ containers: 0, networks: 0, volumes: 0, stuck: [] });

  const clean = await healproof.run(["clean", "by-hand", "--json"]);
  expect(clean.code, clean.err).toBe(0);
  expect(JSON.parse(clean.out)).toEqual([]);
});

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Healproof } from "../src/cli/testing/healproof.ts";
import { blocks, commands, root } from "./testing/blocks.ts";

/** The commands of the pages are run as they stand there, in their order, and the README's scenario on a stack of its own. */

const run = promisify(execFile);

/** The two commands that run this very test, and those that a person would look at; each is told apart by name. */
const runByTheGate = ["npm start", "npm test"];

test("each command of the pages succeeds", { timeout: 300_000 }, async () => {
  const toRun = commands.map((it) => it.command).filter((command) => !runByTheGate.includes(command));
  expect(toRun.length).toBeGreaterThan(3);
  for (const command of toRun) {
    const { stdout } = await run("bash", ["-c", command], { cwd: root, timeout: 120_000 });
    expect(stdout, command).not.toBe("");
  }
});

/** An image with Node that the set-up has put here. */
function nodeImage(): string {
  const env = readFileSync(join(root, "fixtures/stack/.env"), "utf8");
  const image = /^NODE_IMAGE=(.+)$/m.exec(env)?.[1];
  if (image === undefined) throw new Error("the set-up writes NODE_IMAGE into fixtures/stack/.env: npm run setup");
  return image;
}

test("the README's scenario proves its claim on a stack that has no Prometheus and no healthcheck", {
  timeout: 300_000,
}, async () => {
  using healproof = new Healproof();
  const [scenario] = blocks.filter(({ info }) => info === "yaml scenario");
  writeFileSync(join(healproof.folder, "api-crash.yaml"), scenario?.text ?? "");
  const serve = "require('node:http').createServer((_, answer) => answer.end('ok')).listen(8080)";
  const compose = { services: { api: { image: nodeImage(), command: ["node", "-e", serve], restart: "always" } } };
  writeFileSync(join(healproof.folder, "compose.yaml"), JSON.stringify(compose));

  const { code, out, err } = await healproof.run([
    "run",
    join(healproof.folder, "api-crash.yaml"),
    "--out",
    join(healproof.folder, "reports"),
  ]);
  expect(code, out + err).toBe(0);
  expect(out).toContain("restart-policy");
  expect(out).toContain("stayed down");
});

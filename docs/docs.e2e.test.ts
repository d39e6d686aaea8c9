import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Healproof, nodeImage, smallStack } from "../src/cli/testing/healproof.ts";
import { blocks, commands, root } from "./testing/blocks.ts";

/** The commands of the pages are run as they stand there, in their order, and the README's scenario on a stack of its own. */

const run = promisify(execFile);

/** The first runs this very test. The second, by itself, runs what the gate runs too: the pages have it with one scenario as well. */
const runByTheGate = ["npm test", "npm start"];

/** A common claim is refuted by a real run, and its report says so. */
function expectRefutation(stdout: string): void {
  const [, folder = "none"] = /^report +(\S+)\/index\.html$/m.exec(stdout) ?? [];
  for (const file of ["summary.md", "index.html"])
    expect(readFileSync(join(root, folder, file), "utf8"), file).toContain(
      "The common claim that a restart policy restarts an unhealthy container is refuted",
    );
}

test.concurrent("each command of the pages succeeds", { timeout: 300_000 }, async () => {
  const toRun = commands.map((it) => it.command).filter((command) => !runByTheGate.includes(command));
  expect(toRun.length).toBeGreaterThan(3);
  for (const command of toRun) {
    const { stdout } = await run("bash", ["-c", command], { cwd: root, timeout: 120_000 });
    expect(stdout, command).not.toBe("");
    if (command.startsWith("npm start")) expectRefutation(stdout);
  }
});

test.concurrent("the README's scenario proves its claim on a stack that has no Prometheus and no healthcheck", {
  timeout: 300_000,
}, async () => {
  using healproof = new Healproof();
  const [scenario] = blocks.filter(({ info }) => info === "yaml scenario");
  const file = smallStack(healproof.folder, scenario?.text ?? "");
  const { code, out, err } = await healproof.run(["run", file, "--out", join(healproof.folder, "reports")]);
  expect(code, out + err).toBe(0);
  expect(out).toContain("restart-policy");
  expect(out).toContain("down for 10 s");
});

test.concurrent("the scenario in TypeScript is a vitest test that passes, with a report", {
  timeout: 300_000,
}, async () => {
  using healproof = new Healproof();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { stdout } = await run(
    process.execPath,
    [vitest, "run", "--no-cache", "--root", join(root, "docs/examples/shop")],
    {
      cwd: healproof.folder,
      timeout: 240_000,
      env: { ...process.env, NODE_IMAGE: nodeImage(), NO_COLOR: "1" },
    },
  );
  expect(stdout).toContain("1 passed");
  expect(stdout).toContain("api-crash");
  expect(existsSync(join(healproof.folder, "reports/latest/index.html"))).toBe(true);
});

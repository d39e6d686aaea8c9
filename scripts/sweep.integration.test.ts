import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { thisMachine } from "./set-up/machine.mjs";
import { sweep } from "./sweep.mjs";

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();

test("what a test run made is removed by its id, and nothing of another", async () => {
  const [mine, other] = [randomBytes(4).toString("hex"), randomBytes(4).toString("hex")];
  const machine = thisMachine(process.cwd());
  try {
    for (const run of [mine, other]) {
      docker("network", "create", `healproof-it-${run}-x_default`);
      docker("volume", "create", `healproof-it-${run}-x_data`);
    }
    expect(await sweep(machine, mine)).toBe(2);
    expect(docker("network", "ls", "--quiet", "--filter", `name=-${mine}-`)).toBe("");
    expect(docker("volume", "ls", "--quiet", "--filter", `name=-${mine}-`)).toBe("");
    expect(docker("network", "ls", "--quiet", "--filter", `name=-${other}-`)).not.toBe("");
    expect(await sweep(machine, mine)).toBe(0);
  } finally {
    await sweep(machine, other);
  }
});

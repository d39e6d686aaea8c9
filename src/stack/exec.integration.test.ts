import { afterAll, beforeAll, expect, test } from "vitest";
import { ms, seconds } from "../time.ts";
import { execIn } from "./exec.ts";
import { Playground } from "./testing/playground.ts";

let playground: Playground;
beforeAll(async () => {
  playground = await Playground.open();
});
afterAll(async () => playground[Symbol.asyncDispose]());

test("a command in a container comes to its end with all that it said, apart, and its exit code", async () => {
  const container = await playground.web("api");
  const script = "process.stdout.write('x'.repeat(200000)); console.error('odd'); process.exitCode = 3";
  const { exitCode, out, err } = await execIn(container, ["node", "-e", script], seconds(20));
  expect(exitCode).toBe(3);
  expect(out).toHaveLength(200_000);
  expect(err).toBe("odd\n");
});

test("one that does not end is an error that says how long it was waited for", async () => {
  const container = await playground.web("other");
  const hangs = execIn(container, ["node", "-e", "setInterval(() => {}, 1000)"], ms(300));
  await expect(hangs).rejects.toMatchObject({ code: "exec-too-long" });
  await expect(hangs).rejects.toThrow("300 ms");
});

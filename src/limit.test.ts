import { expect, test } from "vitest";
import { answered } from "./limit.ts";
import { ms } from "./time.ts";

test("an answer within the limit is the answer", async () => {
  await expect(answered("to list containers", Promise.resolve(3), ms(1000))).resolves.toBe(3);
});

test("a refusal stays what it is", async () => {
  await expect(
    answered("to list containers", Promise.reject(new Error("no such container")), ms(1000)),
  ).rejects.toThrow("no such container");
});

test("an engine that does not answer is told with what was asked and for how long", async () => {
  const silent = answered("to list containers", new Promise(() => undefined), ms(5));
  await expect(silent).rejects.toMatchObject({
    code: "engine-silent",
    message: "the container engine did not answer within 5 ms",
    facts: { asked: "to list containers" },
  });
});

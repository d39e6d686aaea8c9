import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answered, stretchLimits, within } from "./limit.ts";
import { seconds } from "./time.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("an engine that does not answer is an error that names the request and the limit", async () => {
  const answer = answered("for its version", new Promise(() => undefined), seconds(7));
  const seen = expect(answer).rejects.toMatchObject({ code: "engine-silent", facts: { asked: "for its version" } });
  await vi.advanceTimersByTimeAsync(7000);
  await seen;
  await expect(answer).rejects.toThrow("within 7.00 s");
});

test("on a slow machine a limit is later, and says so", async () => {
  {
    using _slow = stretchLimits(3);
    const answer = answered("for its version", new Promise(() => undefined), seconds(7));
    const seen = expect(answer).rejects.toThrow("within 21.0 s");
    await vi.advanceTimersByTimeAsync(20_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await seen;
  }
  const answer = answered("for its version", new Promise(() => undefined), seconds(7));
  const seen = expect(answer).rejects.toThrow("within 7.00 s");
  await vi.advanceTimersByTimeAsync(7000);
  await seen;
});

test("what is done in time is given, its own error too, and no timer stays behind", async () => {
  const late = () => new Error("late");
  await expect(within(seconds(1), Promise.resolve(5), late)).resolves.toBe(5);
  await expect(within(seconds(1), Promise.reject(new Error("its own")), late)).rejects.toThrow("its own");
  expect(vi.getTimerCount()).toBe(0);
});

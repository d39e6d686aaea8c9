import { expect, test } from "vitest";
import { hostNow } from "../clock.ts";
import { stretchLimits } from "../limit.ts";
import { startOnceStopped, untilStopped } from "./stopping.ts";

/** A container as the engine shows it, look by look; the last for good. */
function container(...lives: (number | "stopped" | "removed")[]) {
  let looks = 0;
  const look = async () => {
    const life = lives[Math.min(looks++, lives.length - 1)] ?? "removed";
    const State = { Running: life !== "stopped", Pid: life === "stopped" ? 0 : life };
    return life === "removed" ? undefined : ({ State, Config: { StopTimeout: 10 } } as never);
  };
  return { look, looks: () => looks };
}

test("what is being stopped is waited for, and no longer", async () => {
  const it = container(42, 42, "stopped");
  await untilStopped(it.look);
  expect(it.looks()).toBe(3);
});

test("what is restarted is over once its process is another; what is removed is over, too", async () => {
  for (const end of [43, "removed"] as const) {
    const it = container(42, 42, end);
    await untilStopped(it.look);
    expect(it.looks()).toBe(3);
  }
});

test("what does not run is not waited for", async () => {
  const it = container("stopped");
  await untilStopped(it.look);
  expect(it.looks()).toBe(1);
});

test("what nobody stops is left as it runs, once its grace is over", async () => {
  using _fast = stretchLimits(0.02);
  const it = container(42);
  const began = hostNow();
  await untilStopped(it.look);
  expect(hostNow() - began).toBeGreaterThanOrEqual(200);
  expect(it.looks()).toBeGreaterThan(2);
});

test("a service that is still being stopped is started once that is over; one that is stopped at once", async () => {
  for (const running of [true, false]) {
    const did: string[] = [];
    const note = (what: string) => async (id: string) => void did.push(`${what} ${id}`);
    const looked = async () => ({ id: "c1", pid: 42, running, paused: false });
    await startOnceStopped({ container: looked, untilStopped: note("wait for"), start: note("start") }, "watchdog");
    expect(did).toEqual(running ? ["wait for c1", "start c1"] : ["start c1"]);
  }
});

import type Dockerode from "dockerode";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostSpan } from "../../clock.ts";
import { hostBootId } from "../../stack/helper-clock.ts";
import { eventually, Playground } from "../../stack/testing/playground.ts";
import type { Hand, ProcessIdentity, ProcessState } from "./hand.ts";
import { startHand } from "./start.ts";

let playground: Playground;
let hand: Hand;

beforeAll(async () => {
  playground = await Playground.open();
  const { docker, image, name, labels } = playground;
  hand = await startHand(docker, { image, name: `${name}-hand`, labels });
});

afterAll(async () => {
  await hand?.[Symbol.asyncDispose]();
  await playground?.[Symbol.asyncDispose]();
});

const idle = "setInterval(() => undefined, 1e6)";

/** The program of a container that has just started. */
async function processOf(container: Dockerode.Container): Promise<ProcessIdentity> {
  const { Id, State } = await container.inspect();
  const found = await hand.identify(Id, State.Pid);
  if (!found) throw new Error("its program is there, or will be in a moment");
  return found;
}

interface Change {
  readonly state: ProcessState;
  readonly when: HostSpan;
}

const widths = (changes: readonly Change[]) => changes.map(({ when }) => when.to - when.from);

describe("the hand", () => {
  test("freezes, continues and kills the main process of another user's container, and sees each at once", async () => {
    const container = await playground.run("main", idle, { user: "1234:1234" });
    const target = await processOf(container);
    const changes: Change[] = [];
    const watching = hand.watch(target, (state, when) => changes.push({ state, when }), new AbortController().signal);
    await eventually("it runs", () => changes.at(-1)?.state === "running");

    const signals: HostSpan[] = [];
    const send = async (signal: "SIGSTOP" | "SIGCONT" | "SIGKILL", expected: ProcessState) => {
      const { sent, when } = await hand.signal(target, signal);
      expect(sent).toBe(true);
      signals.push(when);
      await eventually(`${signal} is seen`, () => changes.at(-1)?.state === expected);
    };
    for (let round = 0; round < 3; round++) {
      await send("SIGSTOP", "stopped");
      await send("SIGCONT", "running");
    }
    await send("SIGKILL", "gone");
    await watching;

    const seen = changes.slice(1);
    expect(seen.map(({ state }) => state)).toEqual([
      ...["stopped", "running", "stopped", "running", "stopped", "running"],
      "gone",
    ]);
    for (const [index, { when }] of seen.entries()) {
      // Not before the signal was sent. The process takes it when it is next scheduled, which may be a little later.
      expect(when.to).toBeGreaterThan(signals[index]?.from ?? Number.POSITIVE_INFINITY);
      expect(when.from).toBeLessThan((signals[index]?.to ?? 0) + 100);
    }
    // At its best: how many looks a busy machine delays is not its doing.
    expect(Math.min(...widths(seen))).toBeLessThan(15);
    expect((await container.wait()).StatusCode).toBe(137);
    expect((await hand.signal(target, "SIGKILL")).sent).toBe(false);
    expect(await hand.identify(target.container, target.pid)).toBeUndefined();
  });

  test("finds the program below an init shim", async () => {
    const container = await playground.run("shimmed", idle, { init: true });
    const shim = (await container.inspect()).State.Pid;
    const target = await processOf(container);
    const { Titles, Processes } = await container.top();
    const column = (title: string) => Titles.indexOf(title);
    const programs = Processes.filter((row: string[]) => Number(row[column("PPID")]) === shim);
    expect(programs.map((row: string[]) => Number(row[column("PID")]))).toEqual([target.pid]);
  });

  test("sends nothing to a process that is not the one it was told of", async () => {
    const container = await playground.run("stranger", idle);
    const target = await processOf(container);
    const other = "ab".repeat(32);
    expect(await hand.identify(other, target.pid)).toBeUndefined();
    for (const mistaken of [
      { ...target, startTicks: target.startTicks + 1 },
      { ...target, container: other },
    ])
      expect((await hand.signal(mistaken, "SIGKILL")).sent).toBe(false);
    expect((await container.inspect()).State.Running).toBe(true);
    expect((await hand.signal(target, "SIGKILL")).sent).toBe(true);
  });

  test("stops watching when it is told to", async () => {
    const target = await processOf(await playground.run("watched", idle));
    const end = new AbortController();
    const states: ProcessState[] = [];
    const watching = hand.watch(target, (state) => states.push(state), end.signal);
    await eventually("it is looked at", () => states.length === 1);
    end.abort();
    await watching;
    await hand.signal(target, "SIGKILL");
    // The second watch sees it die (and perhaps, for a moment, not dead yet); the first tells no more.
    const seen: ProcessState[] = [];
    await hand.watch(target, (state) => seen.push(state), new AbortController().signal);
    expect(seen.at(-1)).toBe("gone");
    expect(states).toEqual(["running"]);
  });

  test("knows the kernel and has no more rights than it needs", async () => {
    expect(hand.bootId).toBe(hostBootId());
    const { HostConfig } = await playground.docker.getContainer(`${playground.name}-hand`).inspect();
    expect(HostConfig).toMatchObject({
      Privileged: false,
      CapAdd: ["KILL"],
      CapDrop: ["ALL"],
      NetworkMode: "none",
      ReadonlyRootfs: true,
      SecurityOpt: expect.arrayContaining(["no-new-privileges"]),
    });
  });

  test("is allowed what was asked for and no more, and what it is not allowed is an error, not a process that is gone", async () => {
    const { docker, image, name, labels } = playground;
    await using allowed = await startHand(docker, {
      image,
      name: `${name}-allowed`,
      labels,
      capabilities: ["SYS_PTRACE", "SYS_PTRACE", "SETUID"],
    });
    const { HostConfig } = await docker.getContainer(`${name}-allowed`).inspect();
    expect(HostConfig).toMatchObject({
      Privileged: false,
      CapAdd: ["KILL", "SYS_PTRACE", "SETUID"],
      CapDrop: ["ALL"],
      NetworkMode: "none",
      ReadonlyRootfs: true,
      SecurityOpt: expect.arrayContaining(["no-new-privileges"]),
    });
    const target = await processOf(await playground.run("looked-into", idle, { user: "1234:1234" }));
    expect(await allowed.usage(target)).toMatchObject({ frozen: false, memoryLimit: 0 });
    await expect(hand.usage(target)).rejects.toThrow("EACCES");
    await expect(allowed.descriptors.look(target)).rejects.toThrow("EACCES");
    await hand.signal(target, "SIGKILL");
    await eventually("it is gone", async () => (await hand.identify(target.container, target.pid)) === undefined);
    expect(await hand.usage(target)).toBeUndefined();
  });
});

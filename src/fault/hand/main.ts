import { setTimeout as sleep } from "node:timers/promises";
import { type Call, monotonicNow, serve } from "../../stack/helper-program.ts";
import { Cgroup } from "./cgroup.ts";
import { type Command, command } from "./commands.ts";
import { descriptorsOf, limitDescriptors } from "./descriptors.ts";
import { fill, lookAt, remove, shareOf } from "./disk.ts";
import type { ProcessIdentity, Signal } from "./hand.ts";
import { exhaust, memoryOf, release } from "./memory.ts";
import { ProcessTable } from "./proc.ts";
import { watchState } from "./watch.ts";

/** The hand: runs in a container that sees the host's processes, and acts on those that it is told, after a second look. */

const processes = new ProcessTable();

/** A container that has just been started has its program in a moment, even on a machine that is busy. */
const startsWithinMs = 5000;
const lookEveryMs = 5;

async function identify(container: string, pid: number): Promise<ProcessIdentity | null> {
  const limit = monotonicNow() + startsWithinMs;
  for (;;) {
    const found = processes.identify(container, pid);
    if (found !== "starting") return found ?? null;
    if (monotonicNow() > limit) return null;
    await sleep(lookEveryMs);
  }
}

/** Nothing runs between the look and the signal but this: the number cannot have passed on to another process meanwhile. */
function send(target: ProcessIdentity, signal: Signal) {
  const from = monotonicNow();
  const sent = processes.isStill(target) && wasSent(target.pid, signal);
  return { sent, from, to: monotonicNow() };
}

function wasSent(pid: number, signal: Signal): boolean {
  try {
    return process.kill(pid, signal);
  } catch (thrown) {
    // It ended just now.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH") return false;
    throw thrown;
  }
}

/** What is found out of, or done to, a process that is still the same; null if it is not, also if it ends meanwhile. */
async function of<T>(target: ProcessIdentity, work: () => T | Promise<T>): Promise<T | null> {
  if (!processes.isStill(target)) return null;
  try {
    return await work();
  } catch (thrown) {
    // Its files in /proc go with it; other errors, and theirs while it lives, are told.
    if (!processes.isStill(target)) return null;
    throw thrown;
  }
}

async function timed<T extends object>(work: () => T | Promise<T>): Promise<T & { from: number; to: number }> {
  const from = monotonicNow();
  const result = await work();
  return { ...result, from, to: monotonicNow() };
}

function answer(order: Command, call: Call): unknown {
  if (order.do === "identify") return identify(order.container, order.pid);
  if (order.do === "list") return processes.list(order.container, order.main);
  if (order.do === "signal") return send(order.process, order.signal);
  if (order.do === "watch")
    return watchState(
      () => processes.stateOf(order.process),
      (state, from, to) => call.more({ state, from, to }),
      call.stopped,
    );
  return of(order.process, () => act(order));
}

type Act = Exclude<Command, { do: "identify" | "list" | "signal" | "watch" }>;

function act(order: Act): unknown {
  const { process: target } = order;
  const { pid } = target;
  if (order.do === "usage") return new Cgroup(target).usage();
  if (order.do === "descriptors") return descriptorsOf(pid);
  if (order.do === "limit-descriptors")
    return timed(() => {
      limitDescriptors(pid, order.soft);
      return {};
    });
  if (order.do === "memory") return memoryOf(target);
  if (order.do === "exhaust") return timed(async () => ({ outcome: await exhaust(target) }));
  if (order.do === "release")
    return timed(() => {
      release(target, order.score);
      return {};
    });
  if (order.do === "look-at-disk") return lookAt(pid, order.path);
  if (order.do === "disk-use") return { share: shareOf(pid, order.path) };
  if (order.do === "fill") return timed(async () => ({ full: await fill(pid, order.filling) }));
  return remove(pid, order.path, order.mark);
}

serve((asked, call) => answer(command.parse(asked), call));

import { z } from "zod";
import type { HostSpan } from "../clock.ts";
import { exitCode, KnownError } from "../errors.ts";
import type { Duration } from "../time.ts";
import type { FaultTools } from "./define.ts";
import type { Hand, ProcessIdentity, ProcessState, Signal } from "./hand/hand.ts";

/** What the faults of processes share: whom they hit, and how it is seen. */

export const processAim = z.strictObject({
  service: z.string(),
  process: z.strictObject({ pid: z.int().positive(), startTicks: z.number(), container: z.string() }),
});
type ProcessAim = z.output<typeof processAim>;

export async function aimAtMainProcess({ stack, hand }: FaultTools, service: string): Promise<ProcessAim> {
  const { id, pid, running } = await stack.container(service);
  const process = running ? await hand.identify(id, pid) : undefined;
  if (!process)
    throw new KnownError("nothing-to-break", `${service} has no running process to break`, {
      facts: { container: id.slice(0, 12), "its state": running ? `process ${pid} is gone` : "not running" },
      exitCode: exitCode.inconclusive,
    });
  return { service, process };
}

/**
 * Sends the signal that breaks the process. One that is gone by now was not broken by us: whatever is seen of it afterwards would be
 * taken for the fault's bite.
 */
export async function breakWith(hand: Hand, { service, process }: ProcessAim, signal: Signal): Promise<HostSpan> {
  const { sent, when } = await hand.signal(process, signal);
  if (sent) return when;
  throw new KnownError("nothing-to-break", `${service}'s process ${process.pid} was gone before it could be broken`, {
    facts: { container: process.container.slice(0, 12), wanted: `${signal} to process ${process.pid}` },
    exitCode: exitCode.inconclusive,
  });
}

/** When the process was seen to come into a state; undefined if it was not within the limit. */
export async function until(
  hand: Hand,
  process: ProcessIdentity,
  wanted: ProcessState,
  within: Duration,
): Promise<HostSpan | undefined> {
  const seen = new AbortController();
  let span: HostSpan | undefined;
  const tell = (state: ProcessState, when: HostSpan) => {
    if (state !== wanted || span) return;
    span = when;
    seen.abort();
  };
  await hand.watch(process, tell, AbortSignal.any([seen.signal, AbortSignal.timeout(within)]));
  return span;
}

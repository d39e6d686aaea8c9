import { z } from "zod";
import type { HostSpan } from "../clock.ts";
import type { KnownError } from "../errors.ts";
import type { Duration } from "../time.ts";
import type { FaultContainer, FaultLook, FaultTools } from "./define.ts";
import type { Hand, ProcessIdentity, ProcessState, Signal } from "./hand/hand.ts";
import { type FoundState, keepLooking } from "./looking.ts";
import { nothingToBreak } from "./nothing-to-break.ts";
import { replicaNumber } from "./params.ts";

/** What the faults of processes share: whom they hit, and how it is seen. */

export const processIdentity = z.strictObject({
  pid: z.int().positive(),
  startTicks: z.number(),
  container: z.string(),
});

/** Which container of the stack: found again by this also after it was made anew. */
const containerAim = z.strictObject({ service: z.string(), replica: z.int().optional() });

export const processAim = containerAim.extend({ process: processIdentity });
export type ProcessAim = z.output<typeof processAim>;

/** What a scenario writes to say which container. */
export interface ContainerParams {
  readonly service: string;
  readonly replica?: number | "any" | undefined;
}

/** `app`, `app (container 2)`: for people. */
export function containerName({ service, replica }: ContainerParams): string {
  return replica === undefined ? service : `${service} (container ${replica})`;
}

export async function aimAtMainProcess({ stack, hand }: FaultTools, params: ContainerParams): Promise<ProcessAim> {
  const replica = replicaNumber(params.replica);
  const { id, pid, running } = await stack.container(params.service, replica);
  const process = running ? await hand.identify(id, pid) : undefined;
  if (!process)
    throw nothingToBreak(`${containerName(params)} has no running process to break`, {
      container: id.slice(0, 12),
      "its state": running ? `process ${pid} is gone` : "not running",
    });
  return { service: params.service, ...(replica === undefined ? {} : { replica }), process };
}

/** The main process of a container as it is now, which a restart may have replaced since a fault was aimed; undefined while it has none. */
export async function mainProcess(
  { stack, hand }: FaultTools,
  aim: ContainerParams,
): Promise<ProcessIdentity | undefined> {
  const { id, pid, running } = await stack.container(aim.service, replicaNumber(aim.replica));
  return running ? hand.identify(id, pid) : undefined;
}

/** Starts the container if nothing else has: a healer that was switched off leaves it dead. */
export async function startAgain({ stack }: FaultTools, aim: ContainerParams): Promise<string> {
  const { running, id } = await stack.container(aim.service, replicaNumber(aim.replica));
  if (running) return `${containerName(aim)} runs again; nothing to put back`;
  await stack.start(id);
  return `${containerName(aim)} was not running and has been started`;
}

/**
 * The same after what the engine was asked for, and goes on with when who asked is gone: until that is over, what still runs is only on
 * its way out.
 */
export async function startAgainOnceStopped(tools: FaultTools, aim: ProcessAim): Promise<string> {
  const container = await tools.stack.container(aim.service, aim.replica);
  if (container.running && (await isLifeOf(aim.process, tools, container)))
    await tools.stack.untilStopped(container.id);
  return startAgain(tools, aim);
}

/** Whether a container is still in the life that a process belongs to: its first one is no younger. One without any is just ending. */
export async function isLifeOf(
  process: ProcessIdentity,
  { hand }: Pick<FaultTools, "hand">,
  { id, pid }: Pick<FaultContainer, "id" | "pid">,
): Promise<boolean> {
  const [first] = await hand.list(id, pid);
  return id === process.container && (first === undefined || first.process.startTicks <= process.startTicks);
}

/** Of a container. */
export const nothingToBreakIn = (aim: ContainerParams, what: string, facts: Record<string, string> = {}): KnownError =>
  nothingToBreak(`${containerName(aim)}: ${what}`, facts);

/**
 * Sends the signal that breaks the process. One that is gone by now was not broken by us: whatever is seen of it afterwards would be
 * taken for the fault's bite.
 */
export async function breakWith(hand: Hand, aim: ProcessAim, signal: Signal): Promise<HostSpan> {
  const { sent, when } = await hand.signal(aim.process, signal);
  if (sent) return when;
  throw goneBefore(aim, `${signal} to process ${aim.process.pid}`);
}

export function goneBefore({ service, process }: ProcessAim, wanted: string): KnownError {
  return nothingToBreak(`${service}'s process ${process.pid} was gone before it could be broken`, {
    container: process.container.slice(0, 12),
    wanted,
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

/**
 * Watches what is held in a process: closely whether the process goes on, and beside that, less often, what only a look can tell. Ends
 * with either.
 */
export async function watchBeside(
  hand: Hand,
  process: ProcessIdentity,
  ofState: (state: ProcessState) => FoundState | undefined,
  look: () => Promise<FoundState | undefined>,
  tell: (look: FaultLook) => void,
  abort: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const either = AbortSignal.any([abort, ended.signal]);
  const told = (it: FaultLook) => {
    if (!either.aborted) tell(it);
  };
  const closely = (state: ProcessState, when: HostSpan) => {
    const found = ofState(state);
    if (found) told({ ...found, when });
  };
  const watches = [hand.watch(process, closely, either), keepLooking(look, told, either)];
  try {
    await Promise.race(watches);
  } finally {
    ended.abort();
    // A look that is under way may still touch what an undo is about to put back.
    await Promise.allSettled(watches);
  }
}

import type { z } from "zod";
import type { HostSpan } from "../clock.ts";
import type { Duration } from "../time.ts";
import type { Hand } from "./hand/hand.ts";

/** What a fault may use of the stack under test: containers by service, always inside the blast radius. */
export interface FaultStack {
  /** The running or stopped container of a service; an error that names the services there are if there is none. */
  container(service: string): Promise<{ readonly id: string; readonly pid: number; readonly running: boolean }>;
  /** Starts a stopped container through the engine. Already running is a success. */
  start(containerId: string): Promise<void>;
}

export interface FaultTools {
  readonly stack: FaultStack;
  readonly hand: Hand;
}

/** How a fault ends by itself, which decides what must be shown to say that it was held. */
export type FaultEnd =
  | "at-once" // a moment, such as a kill: nothing is held
  | "with-the-process"; // held until its process is replaced; replacing it is what healing means

/**
 * One way to break something, in four steps over plain data, so that each works in another process after a crash of ours.
 *
 * - `aim` finds out what exactly will be touched and changes nothing. Its result is on disk before `inject` is called.
 * - `inject` breaks it, and says when (host clock, ms).
 * - `witness` waits until the fault is seen to bite: `(last seen whole, first seen broken]`, or undefined at the limit.
 * - `watch` (for what is held) tells, at least each second and at each change: is it still in force?
 * - `undo` puts back whatever is still held. Idempotent: gone already is a success. Returns what it did, for people.
 */
export interface Fault<Params extends z.ZodType<Record<string, unknown>>, Aim> {
  readonly kind: string;
  /** One sentence: what happens in the real world. */
  readonly summary: string;
  readonly params: Params;
  readonly aimed: z.ZodType<Aim>;
  readonly ends: FaultEnd;
  /** `crash of app`, for people. */
  describe(params: z.output<Params>): string;
  aim(tools: FaultTools, params: z.output<Params>): Promise<Aim>;
  inject(tools: FaultTools, aim: Aim): Promise<HostSpan>;
  witness(tools: FaultTools, aim: Aim, within: Duration): Promise<HostSpan | undefined>;
  watch?(tools: FaultTools, aim: Aim, tell: (look: FaultLook) => void, until: AbortSignal): Promise<void>;
  undo(tools: FaultTools, aim: Aim): Promise<string>;
}

/** A later look at a fault: in force; ended because its process was replaced; or released, its process still there. */
export interface FaultLook {
  readonly state: "in-force" | "replaced" | "released";
  readonly when: HostSpan;
  /** For people. */
  readonly why: string;
}

/** A fault with its types forgotten: what a registry holds. Its data is checked by its own schemas at each border. */
export interface AnyFault {
  readonly kind: string;
  readonly summary: string;
  readonly params: z.ZodType<Record<string, unknown>>;
  readonly ends: FaultEnd;
  describe(params: unknown): string;
  aim(tools: FaultTools, params: unknown): Promise<unknown>;
  inject(tools: FaultTools, aim: unknown): Promise<HostSpan>;
  witness(tools: FaultTools, aim: unknown, within: Duration): Promise<HostSpan | undefined>;
  watch(tools: FaultTools, aim: unknown, tell: (look: FaultLook) => void, until: AbortSignal): Promise<void>;
  undo(tools: FaultTools, aim: unknown): Promise<string>;
}

/** Declares a fault. Whatever comes from outside (a scenario's parameters, an aim read back from disk) is parsed before it is used. */
export function defineFault<Params extends z.ZodType<Record<string, unknown>>, Aim>(
  fault: Fault<Params, Aim>,
): AnyFault {
  const params = (value: unknown) => fault.params.parse(value);
  const aim = (value: unknown) => fault.aimed.parse(value);
  return {
    kind: fault.kind,
    summary: fault.summary,
    params: fault.params,
    ends: fault.ends,
    describe: (value) => fault.describe(params(value)),
    aim: (tools, value) => fault.aim(tools, params(value)),
    inject: (tools, value) => fault.inject(tools, aim(value)),
    witness: (tools, value, within) => fault.witness(tools, aim(value), within),
    watch: async (tools, value, tell, until) => fault.watch?.(tools, aim(value), tell, until),
    undo: (tools, value) => fault.undo(tools, aim(value)),
  };
}

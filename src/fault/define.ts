import type { z } from "zod";
import type { HostSpan } from "../clock.ts";
import type { Executed } from "../stack/exec.ts";
import type { Duration } from "../time.ts";
import type { Capability, Hand } from "./hand/hand.ts";
import type { Host } from "./host.ts";
import type { Wire } from "./wire/wire.ts";

/** One container of the stack, as a fault has to know it. */
export interface FaultContainer {
  /** Its full id. */
  readonly id: string;
  /** Its main process in the host's PID namespace; 0 while it does not run. */
  readonly pid: number;
  readonly running: boolean;
  readonly paused: boolean;
}

/** What the engine lets a container have. Bytes; 0 is without limit. */
export interface ContainerLimits {
  readonly memory: number;
  readonly memorySwap: number;
  /** Cores. */
  readonly cpus: number;
}

/** A container's place in one network of the stack. */
export interface Endpoint {
  /** The network's id. */
  readonly network: string;
  readonly address: string;
  readonly aliases: readonly string[];
  /** The address that its Compose file fixes, if it does. */
  readonly fixed?: string | undefined;
}

/** One container of a service as it is now, for a witness. */
export interface ContainerState extends FaultContainer {
  /** The engine's own word: running, restarting, exited … */
  readonly status: string;
  readonly restarts: number;
  /** Undefined without a healthcheck. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  /** Its last failed healthchecks, in a row. */
  readonly failedChecks: number;
  readonly endpoints: readonly Endpoint[];
  /** Stands for its image, command and environment: equal where these are. */
  readonly configuration: string;
}

/** What may be changed in a service of the Compose file. */
export interface ServiceChange {
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly command?: readonly string[] | undefined;
  readonly image?: string | undefined;
}

/** Another container of the stack that shares a network with one. */
export interface Neighbour {
  readonly service: string;
  readonly container: FaultContainer;
  /** In the networks that they share; none while it does not run. */
  readonly addresses: readonly string[];
}

/** What not every machine can give our helpers. */
export type Need = "nft";

/** Which limit of its container a fault lowers, and puts back in the end. */
export interface Lowers {
  readonly limit: "memory" | "cpus";
  /** Only where this parameter is given: else the container must have such a limit by itself. */
  readonly given?: string;
}

/** What a fault may use of the stack under test: its own containers, by service or by id. Any other is refused. */
export interface FaultStack {
  /** The running or stopped container of a service (its first, or that replica); an error that names what there is if there is none. */
  container(service: string, replica?: number): Promise<FaultContainer>;
  /** Starts a stopped container through the engine. Already running is a success. */
  start(containerId: string): Promise<void>;
  /** Stops it through the engine, as a person does. Already stopped is a success. */
  stop(containerId: string): Promise<void>;
  restart(containerId: string): Promise<void>;
  /**
   * Waits until a container's present life is over, for as long as a stop of it may take: the engine goes on with one when who asked is
   * gone. Not running is a success; and one that nobody stops runs on.
   */
  untilStopped(containerId: string): Promise<void>;
  /** Freezes or thaws all of its processes (the cgroup's freezer). Already so is a success. */
  pause(containerId: string): Promise<void>;
  unpause(containerId: string): Promise<void>;
  limits(containerId: string): Promise<ContainerLimits>;
  setLimits(containerId: string, limits: Partial<ContainerLimits>): Promise<void>;
  endpoints(containerId: string): Promise<readonly Endpoint[]>;
  /** Who shares a network with it; only those services, if given. */
  neighbours(containerId: string, services?: readonly string[]): Promise<readonly Neighbour[]>;
  /** Takes it out of a network. Not being in it is a success. */
  leave(containerId: string, network: string): Promise<void>;
  /** Puts it into a network again, with its fixed address if one is given. Being in it is a success. */
  join(containerId: string, endpoint: Omit<Endpoint, "address">): Promise<void>;
  /** Every container of a service as it is now; none if there is none. */
  states(service: string): Promise<readonly ContainerState[]>;
  /** Kills all of it at once through the engine, so that no restart policy acts. Not running is a success. */
  kill(containerId: string): Promise<void>;
  /** Has containers of ours take an address that a container had, unless it is taken already. Found again by `name`. */
  occupy(name: string, containerId: string, endpoint: Pick<Endpoint, "network" | "address">): Promise<void>;
  /** Removes what was made by that name. Nothing there is a success. */
  vacate(name: string): Promise<void>;
  /** Whether it is known how the service was started, so that it can be {@link recreate}d; an error that says why not. */
  checkRecreatable(service: string, change: ServiceChange): Promise<void>;
  /** Has Compose make the service's containers anew as its file says, with a change or without; those that are so already stay. */
  recreate(service: string, change: ServiceChange): Promise<void>;
  /** Ends a {@link recreate} that is still at work because its caller was killed. Whether there was one. */
  endRecreating(): Promise<boolean>;
  /** Runs a command in a running container to its end, as its image's user unless told. */
  run(containerId: string, command: readonly string[], within: Duration, user?: string): Promise<Executed>;
}

export interface FaultTools {
  readonly stack: FaultStack;
  /** Acts on processes, from the host's PID namespace. */
  readonly hand: Hand;
  /** Acts inside the network of a container that runs, as it is now: ask for it again after a restart. */
  wire(container: FaultContainer): Promise<Wire>;
  /** Only where the stack is in the lab. */
  readonly host?: Host | undefined;
}

/** How a fault ends, which decides what must be shown to say that it was held. */
export type FaultEnd =
  | "at-once" // a moment, such as a kill: nothing is held
  | "with-the-process" // held until its process is replaced; replacing it is what healing means
  | "by-healing" // held until somebody takes it away, as a runbook that frees a full disk
  | "by-us"; // nothing in the stack can end it: held until its time is over

/**
 * One way to break something, in four steps over plain data, so that each works in another process after a crash of ours.
 *
 * - `aim` finds out what exactly will be touched and changes nothing. Its result is on disk before `inject` is called.
 * - `inject` breaks it, and says when (host clock, ms).
 * - `witness` waits until the fault is seen to bite: `(last seen whole, first seen broken]`, or undefined at the limit.
 * - `watch` (for what is held) tells, at least each second and at each change: is it still in force?
 * - `undo` puts back whatever is still held. Idempotent: gone already is a success. Returns what it did, for people.
 *
 * A parameter called `service`, `device` or `through` names a service of the stack, `peers` several; `replica` says which of its
 * containers, `link` which link of `through`. That they exist is checked when the scenario is read, as far as its Compose file tells;
 * what parameters say together and cannot be, their schema refuses.
 */
export interface Fault<Kind extends string, Params extends z.ZodObject, Aim, Lasts extends boolean = boolean> {
  readonly kind: Kind;
  /** One sentence: what happens in the real world. */
  readonly summary: string;
  readonly params: Params;
  readonly aimed: z.ZodType<Aim>;
  readonly ends: FaultEnd;
  /** Whether it can be given a time (`for`), after which it is undone. */
  readonly lasts: Lasts;
  /** What the hand must be allowed for it, besides signals. */
  readonly capabilities?: readonly Capability[];
  /** Where it cannot be had, the fault is refused before any stack is started. */
  readonly needs?: readonly Need[];
  /** What it reaches outside the stack, by the names under which a scenario must permit that (`stack.shares`). */
  readonly shares?: readonly string[];
  readonly lowers?: Lowers;
  /** While it lasts nobody can ask the engine, and whoever looks from inside its networks is gone with them. */
  readonly takesEngine?: true;
  /** `crash of app`, for people. */
  describe(params: z.output<Params>): string;
  aim(tools: FaultTools, params: z.output<Params>): Promise<Aim>;
  inject(tools: FaultTools, aim: Aim): Promise<HostSpan>;
  witness(tools: FaultTools, aim: Aim, within: Duration): Promise<HostSpan | undefined>;
  watch?(tools: FaultTools, aim: Aim, tell: (look: FaultLook) => void, until: AbortSignal): Promise<void>;
  undo(tools: FaultTools, aim: Aim): Promise<string>;
}

/** A later look at a fault: in force; ended because its process was replaced or because it was healed; or released with nothing healed. */
export interface FaultLook {
  readonly state: "in-force" | "replaced" | "healed" | "released";
  readonly when: HostSpan;
  /** For people. */
  readonly why: string;
}

/** A fault with its types forgotten: what a registry holds. Its data is checked by its own schemas at each border. */
export interface AnyFault<Kind extends string = string, Written = unknown, Lasts extends boolean = boolean> {
  readonly kind: Kind;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly ends: FaultEnd;
  readonly lasts: Lasts;
  readonly capabilities: readonly Capability[];
  readonly needs: readonly Need[];
  readonly shares: readonly string[];
  readonly lowers: Lowers | undefined;
  readonly takesEngine: boolean;
  describe(params: unknown): string;
  aim(tools: FaultTools, params: unknown): Promise<unknown>;
  inject(tools: FaultTools, aim: unknown): Promise<HostSpan>;
  witness(tools: FaultTools, aim: unknown, within: Duration): Promise<HostSpan | undefined>;
  watch(tools: FaultTools, aim: unknown, tell: (look: FaultLook) => void, until: AbortSignal): Promise<void>;
  undo(tools: FaultTools, aim: unknown): Promise<string>;
  /** Its parameters as a scenario writes them: a type only, never a value. */
  readonly written?: Written;
}

/** Declares a fault. Whatever comes from outside (a scenario's parameters, an aim read back from disk) is parsed before it is used. */
export function defineFault<const Kind extends string, Params extends z.ZodObject, Aim, const Lasts extends boolean>(
  fault: Fault<Kind, Params, Aim, Lasts>,
): AnyFault<Kind, z.input<Params>, Lasts> {
  const params = (value: unknown) => fault.params.parse(value);
  const aim = (value: unknown) => fault.aimed.parse(value);
  return {
    kind: fault.kind,
    summary: fault.summary,
    params: fault.params,
    ends: fault.ends,
    lasts: fault.lasts,
    capabilities: fault.capabilities ?? [],
    needs: fault.needs ?? [],
    shares: fault.shares ?? [],
    lowers: fault.lowers,
    takesEngine: fault.takesEngine ?? false,
    describe: (value) => fault.describe(params(value)),
    aim: (tools, value) => fault.aim(tools, params(value)),
    inject: (tools, value) => fault.inject(tools, aim(value)),
    witness: (tools, value, within) => fault.witness(tools, aim(value), within),
    watch: async (tools, value, tell, until) => fault.watch?.(tools, aim(value), tell, until),
    undo: (tools, value) => fault.undo(tools, aim(value)),
  };
}

/** What the hand must be allowed for these kinds of faults, besides signals: no more than what they need. */
export function capabilitiesOf(faults: readonly AnyFault[], kinds: readonly string[]): Capability[] {
  return [...new Set(faults.filter((it) => kinds.includes(it.kind)).flatMap((it) => it.capabilities))].toSorted();
}

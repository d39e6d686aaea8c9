import type { FaultStack } from "../fault/define.ts";
import type { Duration } from "../time.ts";
import type { Executed } from "./exec.ts";
import type { LogListener } from "./follow-log.ts";

/** A look at one container, as the engine tells it. Times are the engine's wall clock, ms since 1970. */
export interface ContainerLook {
  readonly service: string;
  readonly container: string;
  readonly pid: number;
  readonly running: boolean;
  readonly paused: boolean;
  readonly status: string;
  readonly health?: string;
  /** How often its healthcheck is made. */
  readonly checkedEveryMs?: number;
  readonly restartCount: number;
  readonly restartPolicy: string;
  readonly startedAtUnixMs?: number;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
}

/** The containers of a stack that runs: none but these can be reached through it. */
export interface StackContainers extends FaultStack {
  /** The numbers of a service's containers. */
  replicas(service: string): Promise<readonly number[]>;
  look(): Promise<ContainerLook[]>;
  /** The same at one container of a service only, its first unless told; undefined where it has none. */
  lookAt(service: string, replica?: number): Promise<ContainerLook | undefined>;
  /** Tells each line that a container writes from a time of the engine's clock on. */
  followLog(containerId: string, sinceUnixMs: number, listener: LogListener): Promise<Disposable>;
  /** Stops a service through the engine: by a person's wish, so no restart policy acts. */
  stopService(service: string): Promise<void>;
  /** Also one that is still being stopped. */
  startService(service: string): Promise<void>;
  /** Runs a command in a service's container to its end. */
  exec(service: string, command: readonly string[], within: Duration): Promise<Executed>;
  /** How many bytes the engine still has of what a container wrote; undefined for one that vanished. */
  logSize(containerId: string): Promise<number | undefined>;
  /** What a service wrote to its standard output and error, the last 10 000 lines, with timestamps. */
  logs(service: string): Promise<string>;
}

/** What there is of a stack, also of one that did not come up. */
export type ContainerRemains = Pick<StackContainers, "look" | "logs">;

/** A stack that runs, whatever its target. */
export interface StartedStack {
  readonly project: string;
  readonly services: readonly string[];
  /** The engine's names of the networks in which its containers are reached. */
  readonly networks: readonly string[];
  readonly containers: StackContainers;
  /** The same one, where its machine was put back to a moment at which it ran. Nothing is started. */
  again(): Promise<StartedStack>;
  /** Removes all of it. Twice is harmless. */
  down(): Promise<void>;
}

import type { HostSpan } from "../clock.ts";
import type { Duration } from "../time.ts";

/** The machine that a stack's engine runs on, where we may do with it what we like: the lab's VM. */
export interface Host {
  /** Its mains are cut: nothing is written any more, and nobody says goodbye. */
  cutPower(): Promise<HostSpan>;
  hasPower(): Promise<boolean>;
  /** Fulfils once it has power; what it takes to boot belongs to the recovery. Having it already is a success. */
  restorePower(): Promise<HostSpan>;
  /** Fulfils once the service manager calls it started, with when it was asked to restart it: what runs in it may end from then on. */
  restartEngine(): Promise<HostSpan>;
  /** When the engine was started last, as the service manager tells it: changes with each start, and means nothing else. */
  engineStart(): Promise<string>;
  startEngine(): Promise<void>;
  /** How it came up the last time, by its own wall clock, ms since 1970. */
  lastBoot(): Promise<LastBoot>;
  /** Units of its own service manager; an error where it has none of such a name. */
  units(names: readonly string[]): Promise<readonly HostUnit[]>;
  /** They are not started at boot any more, which is on its disk when this returns; those that run, run on. */
  disable(units: readonly string[]): Promise<void>;
  /** They are started, and at boot again. */
  enable(units: readonly string[]): Promise<void>;
  /** Fulfils once its engine answers us again, however often it was away; an error at the limit. */
  engineIsBack(within: Duration): Promise<void>;
}

/** A unit of the machine itself. */
export interface HostUnit {
  readonly unit: string;
  /** The boot that the machine is in. */
  readonly boot: string;
  /** Whether it is started at boot. */
  readonly enabled: boolean;
  /** By its own wall clock, ms since 1970; absent where it does not run. */
  readonly startedAt?: number;
}

export interface LastBoot {
  readonly kernel: number;
  readonly systemd: number;
  readonly engine: number;
}

/** As a scenario permits it: by name, in `stack.shares`. */
export const labMachine = "the lab's machine";

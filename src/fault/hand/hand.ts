import type { HostSpan } from "../../clock.ts";

/** A process of a container, so named that a later process with the same number is never taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks after boot. */
  readonly startTicks: number;
  /** The full id of the container whose cgroup it is in. */
  readonly container: string;
}

export type ProcessState = "running" | "stopped" | "gone";

export const signals = [
  "SIGKILL",
  "SIGSTOP",
  "SIGCONT",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGQUIT",
  "SIGABRT",
  "SIGSEGV",
  "SIGUSR1",
  "SIGUSR2",
] as const;
export type Signal = (typeof signals)[number];

/** What the kernel lets the hand do beyond sending signals (KILL), named as the engine names it. */
export type Capability = "SYS_PTRACE" | "DAC_OVERRIDE" | "SETUID" | "SETGID" | "SYS_RESOURCE";

/** Acts on processes from the host's PID namespace, through a small container of ours with `pid: host`. */
export interface Hand extends AsyncDisposable {
  /** The kernel that the containers run on. */
  readonly bootId: string;
  /** Who a process is; undefined if it is gone or not in that container. Below an init shim it is the program, not the shim. */
  identify(container: string, pid: number): Promise<ProcessIdentity | undefined>;
  /** Sends a signal after checking that the process is still the same; `sent: false` if it is not. `when` spans the call. */
  signal(process: ProcessIdentity, signal: Signal): Promise<{ readonly sent: boolean; readonly when: HostSpan }>;
  /**
   * Tells the state now, each change of it, and each second what lasts, seen by looking every 5 ms: `when` is (last look in the former state, first
   * look in this one]. Ends when the process is gone or `until` is aborted.
   */
  watch(
    process: ProcessIdentity,
    tell: (state: ProcessState, when: HostSpan) => void,
    until: AbortSignal,
  ): Promise<void>;
}

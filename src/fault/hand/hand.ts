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

/** Those that end a process unless it handles them: all that Linux has a name for. */
export const deadlySignals = [
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGQUIT",
  "SIGABRT",
  "SIGSEGV",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGSYS",
  "SIGTRAP",
  "SIGPIPE",
  "SIGALRM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
] as const;
export const signals = [...deadlySignals, "SIGSTOP", "SIGCONT"] as const;
export type Signal = (typeof signals)[number];

/** What the kernel lets the hand do beyond sending signals (KILL), named as the engine names it. */
export type Capability = "SYS_PTRACE" | "DAC_OVERRIDE" | "SETUID" | "SETGID" | "SYS_RESOURCE";

/** What the hand must be allowed to see how full a container's file systems are. */
export const diskUseCapabilities: readonly Capability[] = ["SYS_PTRACE", "DAC_OVERRIDE"];

/** One of a container's processes. */
export interface ListedProcess {
  readonly process: ProcessIdentity;
  /** The program's name as the kernel keeps it: its first 15 characters. */
  readonly comm: string;
  readonly state: Exclude<ProcessState, "gone">;
}

/** What a container uses of what its cgroup lets it have. Bytes; a limit of 0 is none. */
export interface ContainerUsage {
  /** Cores. */
  readonly cpuLimit: number;
  /** For how long in all, over its cores, it was kept from running because its share was used up. */
  readonly throttledMs: number;
  readonly memoryLimit: number;
  /** Without what was read from files and not used since: what `docker stats` tells. */
  readonly workingSet: number;
  /** What cannot be dropped to make room: without any file's pages. */
  readonly anonymous: number;
  /** By the cgroup's freezer. */
  readonly frozen: boolean;
}

/** The file descriptors of a process. */
export interface Descriptors {
  readonly held: number;
  /** The lowest number that is free: what the next open gets, unless it is the soft limit or more. */
  readonly lowestFree: number;
  readonly soft: number;
}

/** How it went with a process that was made to use all of its memory: killed by the kernel for it, ended otherwise, or neither. */
export type Exhaustion = "killed" | "ended" | "survived";

/** A path in a container, and the file system that it is on. */
export interface DiskLook {
  /** Whether something has that path. */
  readonly there: boolean;
  /** Whether it would be in a folder that is there. */
  readonly folder: boolean;
  /** Why filling that file system would harm others than this container's volume; empty where it would not. */
  readonly shared: string;
  /** Whether its content is kept in memory. */
  readonly inMemory: boolean;
  /** Bytes that who is not root may still write. */
  readonly available: number;
  readonly size: number;
}

/** A file that takes up room. */
export interface Filling {
  readonly path: string;
  /** Stands in its first line, so that it is known for ours later. */
  readonly mark: string;
  /** How many bytes to leave available. Absent: until a write fails for lack of room. */
  readonly leaving?: number | undefined;
}

/** Acts on processes from the host's PID namespace, through a small container of ours with `pid: host`. */
export interface Hand extends AsyncDisposable {
  /** The kernel that the containers run on. */
  readonly bootId: string;
  /**
   * Who a process is; undefined if it is gone or not in that container. Below an init shim it is the program, not the shim; one that its
   * runtime is just about to start is waited for, up to 5 s.
   */
  identify(container: string, pid: number): Promise<ProcessIdentity | undefined>;
  /**
   * The processes of a service, the oldest first: its container's main one (the engine's number of it) and all that descend from
   * it. Not what entered the container from outside, such as a healthcheck. None if the main one is gone.
   */
  list(container: string, main: number): Promise<readonly ListedProcess[]>;
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
  /** What its container uses. Undefined, as all below, if the process is gone. Needs SYS_PTRACE. */
  usage(process: ProcessIdentity): Promise<ContainerUsage | undefined>;
  readonly descriptors: DescriptorHand;
  readonly memory: MemoryHand;
  readonly disk: DiskHand;
}

/** Needs SYS_PTRACE and DAC_OVERRIDE, and to limit SETUID and SETGID: the kernel lets a process' own user do so. */
export interface DescriptorHand {
  look(process: ProcessIdentity): Promise<Descriptors | undefined>;
  /** Sets the soft limit; the hard one stays, so that it can be raised again. */
  limit(process: ProcessIdentity, soft: number): Promise<HostSpan | undefined>;
}

/** Needs SYS_PTRACE and DAC_OVERRIDE. */
export interface MemoryHand {
  /** What a process has reserved and not used yet, and how readily the kernel would choose it (its oom_score_adj). */
  look(process: ProcessIdentity): Promise<{ readonly unused: number; readonly score: number } | undefined>;
  /**
   * Makes a process use what it has reserved, page by page, until its container is over its limit and the kernel kills it, which it
   * is made the first choice for.
   */
  exhaust(process: ProcessIdentity): Promise<{ readonly outcome: Exhaustion; readonly when: HostSpan } | undefined>;
  /** Lets a process go on as it was, which the hand was exhausting when it was itself ended. */
  release(process: ProcessIdentity, score: number): Promise<HostSpan | undefined>;
}

/** Needs SYS_PTRACE and DAC_OVERRIDE. A container's files are reached through any process of it. */
export interface DiskHand {
  look(process: ProcessIdentity, path: string): Promise<DiskLook | undefined>;
  /** The share of the path's file system that is in use, in percent; none where it is not there. Needs no CHOWN. */
  use(process: ProcessIdentity, path: string): Promise<{ readonly share?: number } | undefined>;
  /** Writes a file that was not there. `full`: a write failed for lack of room; else what was to be left is left. */
  fill(
    process: ProcessIdentity,
    filling: Filling,
  ): Promise<{ readonly full: boolean; readonly when: HostSpan } | undefined>;
  /** Removes the file, if it carries the mark. */
  remove(process: ProcessIdentity, path: string, mark: string): Promise<"removed" | "none" | "not-ours" | undefined>;
}

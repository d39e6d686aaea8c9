import type { ContainerLimits, FaultTools } from "../define.ts";
import type {
  ContainerUsage,
  Descriptors,
  DiskLook,
  Exhaustion,
  ListedProcess,
  ProcessIdentity,
  ProcessState,
  Signal,
} from "../hand/hand.ts";
import { noHand, noStack, noWire } from "./no-tools.ts";

const container = "c1".repeat(32);

/** One container with one process (and its children), as a hand and a stack show it. */
export class Pretend implements FaultTools {
  state: ProcessState = "running";
  running = true;
  /** What becomes of it while a stop of it is waited for. */
  stopEnds: (() => void) | undefined;
  paused = false;
  process: ProcessIdentity = { pid: 42, startTicks: 1000, container };
  /** Of the main process. */
  readonly children: { pid: number; comm: string; state: "running" | "stopped" }[] = [];
  limits: ContainerLimits = { memory: 0, memorySwap: 0, cpus: 0 };
  usage: ContainerUsage = {
    cpuLimit: 0,
    throttledMs: 0,
    memoryLimit: 0,
    workingSet: 40_000_000,
    anonymous: 30_000_000,
    frozen: false,
  };
  descriptors: Descriptors = { held: 24, lowestFree: 24, soft: 1024 };
  memory = { unused: 500_000_000, score: 0 };
  /** What becomes of it when it is made to use all of its memory. */
  exhaustion: Exhaustion = "killed";
  disk: DiskLook = {
    there: false,
    folder: true,
    shared: "",
    inMemory: true,
    available: 10_000_000,
    size: 20_000_000,
  };
  /** The mark of the file that is there. */
  mark = "";
  readonly did: string[] = [];
  readonly #told = new Set<() => void>();

  become(state: ProcessState): void {
    this.state = state;
    for (const tell of this.#told) tell();
  }

  get aim(): { service: string; process: ProcessIdentity } {
    return { service: "app", process: this.process };
  }

  readonly wire = noWire;

  readonly stack: FaultTools["stack"] = {
    ...noStack,
    container: async () => ({
      id: container,
      pid: this.running ? this.process.pid : 0,
      running: this.running,
      paused: this.paused,
    }),
    start: async (id) => {
      this.did.push(`start ${id.slice(0, 2)}`);
      this.running = true;
      if (this.state !== "gone") return;
      this.process = { ...this.process, startTicks: this.process.startTicks + 100 };
      this.state = "running";
    },
    stop: async (id) => {
      this.did.push(`stop ${id.slice(0, 2)}`);
      this.running = false;
      this.become("gone");
    },
    restart: async (id) => {
      this.did.push(`restart ${id.slice(0, 2)}`);
      this.become("gone");
    },
    untilStopped: async () => {
      this.did.push("wait until stopped");
      this.stopEnds?.();
    },
    pause: async () => {
      this.did.push("pause");
      this.paused = true;
      this.usage = { ...this.usage, frozen: true };
    },
    unpause: async () => {
      this.did.push("unpause");
      this.paused = false;
      this.usage = { ...this.usage, frozen: false };
    },
    limits: async () => this.limits,
    setLimits: async (_id, limits) => {
      this.did.push(`limits ${JSON.stringify(limits)}`);
      this.limits = { ...this.limits, ...limits };
      this.usage = { ...this.usage, cpuLimit: this.limits.cpus, memoryLimit: this.limits.memory };
    },
  };

  /** A command to the process, if it is still there. */
  async #to<T>(process: ProcessIdentity, work: () => T): Promise<T | undefined> {
    return this.state === "gone" || process.startTicks !== this.process.startTicks ? undefined : work();
  }

  readonly hand: FaultTools["hand"] = {
    ...noHand,
    identify: async (id, pid) =>
      this.state !== "gone" && id === container && pid === this.process.pid ? this.process : undefined,
    list: async (id, main) => {
      if (this.state === "gone" || id !== container || main !== this.process.pid) return [];
      const children = this.children.map(
        ({ pid, ...it }): ListedProcess => ({ process: { ...this.process, pid }, ...it }),
      );
      return [{ process: this.process, comm: "node", state: this.state }, ...children];
    },
    signal: async (process: ProcessIdentity, signal: Signal) => {
      const sent = this.state !== "gone" && process.startTicks === this.process.startTicks;
      const child = this.children.find((it) => it.pid === process.pid);
      if (sent) this.did.push(`${signal} ${process.pid}`);
      if (sent && child) child.state = signal === "SIGSTOP" ? "stopped" : "running";
      else if (sent) this.become(signal === "SIGSTOP" ? "stopped" : signal === "SIGCONT" ? "running" : "gone");
      return { sent, when: { from: 100, to: 101 } };
    },
    watch: (_process, tell, until) =>
      new Promise((resolve) => {
        const look = () => {
          tell(this.state, { from: 200, to: 205 });
          if (this.state === "gone" || until.aborted) end();
        };
        const end = () => {
          this.#told.delete(look);
          resolve();
        };
        this.#told.add(look);
        until.addEventListener("abort", end, { once: true });
        look();
      }),
    usage: (process) => this.#to(process, () => this.usage),
    descriptors: {
      look: (process) => this.#to(process, () => this.descriptors),
      limit: (process, soft) =>
        this.#to(process, () => {
          this.did.push(`limit ${soft}`);
          this.descriptors = { ...this.descriptors, soft };
          return { from: 100, to: 101 };
        }),
    },
    memory: {
      look: (process) => this.#to(process, () => this.memory),
      exhaust: (process) =>
        this.#to(process, () => {
          this.did.push("exhaust");
          if (this.exhaustion !== "survived") this.become("gone");
          return { outcome: this.exhaustion, when: { from: 100, to: 101 } };
        }),
      release: (process, score) =>
        this.#to(process, () => {
          this.did.push(`release ${score}`);
          return { from: 100, to: 101 };
        }),
    },
    disk: {
      look: (process) => this.#to(process, () => this.disk),
      use: (process) => this.#to(process, () => ({ share: 100 * (1 - this.disk.available / this.disk.size) })),
      fill: (process, { mark, leaving }) =>
        this.#to(process, () => {
          this.did.push("fill");
          this.mark = mark;
          this.disk = { ...this.disk, there: true, available: leaving ?? 0 };
          return { full: leaving === undefined, when: { from: 100, to: 101 } };
        }),
      remove: (process, _path, mark) =>
        this.#to(process, () => {
          if (!this.disk.there) return "none";
          if (mark !== this.mark) return "not-ours";
          this.did.push("remove");
          this.disk = { ...this.disk, there: false, available: 10_000_000 };
          return "removed";
        }),
    },
  };
}

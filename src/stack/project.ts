import { setTimeout as sleep } from "node:timers/promises";
import type Dockerode from "dockerode";
import { exitCode, KnownError } from "../errors.ts";
import type {
  ContainerLimits,
  ContainerState,
  Endpoint,
  FaultContainer,
  FaultStack,
  Neighbour,
  ServiceChange,
} from "../fault/define.ts";
import { answered } from "../limit.ts";
import { type Duration, ms, seconds } from "../time.ts";
import { occupy, vacate } from "./address-holder.ts";
import { endpointsOf, stateOf } from "./container-state.ts";
import { type Executed, execIn } from "./exec.ts";
import { followLog, type LogListener } from "./follow-log.ts";
import { byDefault } from "./health-limit.ts";
import { neighboursOf } from "./neighbours.ts";
import { endRecreating, recreatable, recreate } from "./recreate.ts";
import { statusOf } from "./remove.ts";
import type { ContainerLook } from "./stack.ts";
import { startOnceStopped, stopLimit, untilStopped } from "./stopping.ts";

/** What the engine itself takes unless told, µs. */
const cpuPeriod = 100_000;

/** More than any memory. Once a container has a limit of memory, the engine cannot be told that it shall have none: it refuses -1. */
const noLimit = 2 ** 62;
/** Of memory and swap together: more, or cgroup v2 would leave no swap. */
const noLimitOfBoth = noLimit + 2 ** 61;

/** The containers of one Compose project that carry a label of ours: all that may be touched. */
export class Project implements FaultStack {
  readonly name: string;
  readonly #docker: Dockerode;
  readonly #labels: readonly string[];
  /** The containers that were looked at last, by service and number. */
  readonly #known = new Map<string, string>();

  constructor(docker: Dockerode, name: string, labels: readonly string[]) {
    this.name = name;
    this.#docker = docker;
    this.#labels = [`com.docker.compose.project=${name}`, ...labels];
  }

  async #list(): Promise<{ id: string; service: string; number: number }[]> {
    const filters = JSON.stringify({ label: this.#labels });
    const found = await answered(`the containers of ${this.name}`, this.#docker.listContainers({ all: true, filters }));
    return found
      .map(({ Id, Labels }) => ({
        id: Id,
        service: Labels["com.docker.compose.service"] ?? "",
        number: Number(Labels["com.docker.compose.container-number"] ?? 1),
      }))
      .sort((a, b) => a.service.localeCompare(b.service) || a.number - b.number);
  }

  async #idOf(service: string, replica?: number): Promise<string> {
    const containers = await this.#list();
    const ofService = containers.filter((it) => it.service === service);
    const found = replica === undefined ? ofService[0] : ofService.find((it) => it.number === replica);
    if (found) return found.id;
    if (ofService.length > 0)
      throw new KnownError("no-such-replica", `${service} has no container number ${replica}`, {
        facts: { "there are": ofService.map((it) => it.number).join(", ") },
        exitCode: exitCode.usage,
      });
    throw new KnownError("no-such-service", `the stack has no container of ${service}`, {
      facts: { "its services": [...new Set(containers.map((it) => it.service))].join(", ") || "none" },
      exitCode: exitCode.usage,
    });
  }

  async look(): Promise<ContainerLook[]> {
    const looks = await Promise.all((await this.#list()).map((it) => this.#lookAt(it.id, it.service)));
    return looks.filter((it) => it !== undefined);
  }

  async lookAt(service: string, replica?: number): Promise<ContainerLook | undefined> {
    // Asking by its id costs a tenth of asking which container it is; that is asked again once this one is gone.
    const key = `${service} ${replica ?? ""}`;
    const known = this.#known.get(key);
    const look = known === undefined ? undefined : await this.#lookAt(known, service);
    if (look) return look;
    const found = (await this.#list()).find((it) => it.service === service && it.number === (replica ?? it.number));
    if (!found) return undefined;
    this.#known.set(key, found.id);
    return this.#lookAt(found.id, service);
  }

  followLog(id: string, sinceUnixMs: number, listener: LogListener): Promise<Disposable> {
    return followLog(this.#docker, id, sinceUnixMs, listener);
  }

  /** Undefined for a container that vanished between the list and the look. */
  async #lookAt(id: string, service: string): Promise<ContainerLook | undefined> {
    try {
      const { State, RestartCount, HostConfig, Config } = await answered(
        `to inspect ${service}`,
        this.#docker.getContainer(id).inspect(),
      );
      const started = Date.parse(State.StartedAt);
      return {
        service,
        container: id,
        pid: State.Pid,
        running: State.Running && !State.Restarting,
        paused: State.Paused,
        status: State.Status,
        restartCount: RestartCount,
        restartPolicy: HostConfig.RestartPolicy?.Name || "no",
        exitCode: State.ExitCode,
        oomKilled: State.OOMKilled,
        ...(State.Health ? { health: State.Health.Status, checkedEveryMs: checkInterval(Config.Healthcheck) } : {}),
        ...(started > 0 ? { startedAtUnixMs: started } : {}),
      };
    } catch (thrown) {
      if (statusOf(thrown) === 404) return undefined;
      throw thrown;
    }
  }

  async container(service: string, replica?: number): Promise<FaultContainer> {
    const id = await this.#idOf(service, replica);
    const look = await this.#lookAt(id, service);
    return { id, pid: look?.pid ?? 0, running: look?.running ?? false, paused: look?.paused ?? false };
  }

  /** The numbers of a service's containers. */
  async replicas(service: string): Promise<number[]> {
    return (await this.#list()).filter((it) => it.service === service).map((it) => it.number);
  }

  async start(id: string): Promise<void> {
    await this.#ensure(id, "start", (it) => it.start());
  }

  async stop(id: string): Promise<void> {
    await this.#ensure(id, "stop", (it) => it.stop(), stopLimit);
  }

  async restart(id: string): Promise<void> {
    await this.#ask(id, "restart", (it) => it.restart(), stopLimit);
  }

  async untilStopped(id: string): Promise<void> {
    await untilStopped(() => this.#inspected(id));
  }

  /**
   * Between two execs: an engine that freezes a container in which one is just starting (a healthcheck, say) may hang on it for good,
   * as 20.10 does. One that runs for longer than the limit is not waited for.
   */
  async pause(id: string): Promise<void> {
    const looks = Math.ceil(longestExec / betweenLooks);
    for (let look = 0; look < looks; look++) {
      const { State, ExecIDs } = await this.#ask(id, "inspect", (it) => it.inspect());
      if (State.Paused) return;
      if (!ExecIDs?.length) break;
      await sleep(betweenLooks);
    }
    await this.#ask(id, "pause", (it) => it.pause());
  }

  async unpause(id: string): Promise<void> {
    const { State } = await this.#ask(id, "inspect", (it) => it.inspect());
    if (State.Paused) await this.#ask(id, "unpause", (it) => it.unpause());
  }

  async limits(id: string): Promise<ContainerLimits> {
    const { HostConfig } = await this.#ask(id, "inspect", (it) => it.inspect());
    const { Memory = 0, MemorySwap = 0, NanoCpus = 0, CpuQuota = 0, CpuPeriod = 0 } = HostConfig;
    const cpus = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota > 0 ? CpuQuota / (CpuPeriod || cpuPeriod) : 0;
    const limit = (value: number) => (value < noLimit ? Math.max(0, value) : 0);
    return { memory: limit(Memory), memorySwap: limit(MemorySwap), cpus };
  }

  async setLimits(id: string, { memory, memorySwap, cpus }: Partial<ContainerLimits>): Promise<void> {
    const { HostConfig } = await this.#ask(id, "inspect", (it) => it.inspect());
    // The engine takes 0 for "unchanged"; and one that was made with --cpus knows no quota. -1 would be "no limit" of swap, which 20.10
    // does not hand on to a container that runs, so that the kernel refuses a limit of memory above that of both.
    const changes = {
      ...(memory === undefined ? {} : { Memory: memory || noLimit }),
      ...(memorySwap === undefined ? {} : { MemorySwap: memorySwap || noLimitOfBoth }),
      ...(cpus === undefined
        ? {}
        : HostConfig.NanoCpus
          ? { NanoCpus: Math.round(cpus * 1e9) }
          : { CpuPeriod: cpuPeriod, CpuQuota: cpus === 0 ? -1 : Math.round(cpus * cpuPeriod) }),
    };
    await this.#ask(id, "update", (it) => it.update(changes));
  }

  async endpoints(id: string): Promise<Endpoint[]> {
    return endpointsOf(await this.#ask(id, "inspect", (it) => it.inspect()));
  }

  async neighbours(id: string, services?: readonly string[]): Promise<Neighbour[]> {
    const self = await this.#ask(id, "inspect", (it) => it.inspect());
    const others = (await this.#list()).filter((it) => it.id !== id && (services?.includes(it.service) ?? true));
    const looks = await Promise.all(
      others.map(async (it) => ({ service: it.service, look: await this.#inspected(it.id) })),
    );
    return neighboursOf(
      self,
      looks.flatMap(({ service, look }) => (look ? [{ service, look }] : [])),
    );
  }

  async leave(id: string, network: string): Promise<void> {
    const there = (await this.endpoints(id)).some((it) => it.network === network);
    if (there)
      await answered(
        `to take ${id.slice(0, 12)} off a network`,
        this.#docker.getNetwork(network).disconnect({ Container: id, Force: true }),
      );
  }

  async join(id: string, { network, aliases, fixed }: Omit<Endpoint, "address">): Promise<void> {
    const there = (await this.endpoints(id)).some((it) => it.network === network);
    if (!there)
      await answered(
        `to put ${id.slice(0, 12)} onto a network`,
        this.#docker.getNetwork(network).connect({
          Container: id,
          EndpointConfig: {
            Aliases: [...aliases],
            ...(fixed === undefined ? {} : { IPAMConfig: { IPv4Address: fixed } }),
          },
        }),
      );
  }

  async states(service: string): Promise<ContainerState[]> {
    const ofService = (await this.#list()).filter((it) => it.service === service);
    const states = await Promise.all(ofService.map(({ id }) => this.#stateOf(id)));
    return states.filter((it) => it !== undefined);
  }

  async #stateOf(id: string): Promise<ContainerState | undefined> {
    const look = await this.#inspected(id);
    return look && stateOf(look);
  }

  /** Undefined for a container that vanished meanwhile. */
  async #inspected(id: string): Promise<Dockerode.ContainerInspectInfo | undefined> {
    try {
      return await answered(`to inspect ${id.slice(0, 12)}`, this.#docker.getContainer(id).inspect());
    } catch (thrown) {
      if (statusOf(thrown) === 404) return undefined;
      throw thrown;
    }
  }

  async kill(id: string): Promise<void> {
    try {
      await this.#ask(id, "kill", (it) => it.kill());
    } catch (thrown) {
      // It does not run.
      if (statusOf(thrown) !== 409) throw thrown;
    }
  }

  async occupy(name: string, id: string, { network, address }: Pick<Endpoint, "network" | "address">): Promise<void> {
    const { Config } = await this.#ask(id, "inspect", (it) => it.inspect());
    const ours = Object.entries(Config.Labels).filter(([key]) => key.startsWith("io.healproof."));
    await occupy(this.#docker, { name, network, address, labels: Object.fromEntries(ours) });
  }

  async vacate(name: string): Promise<void> {
    await vacate(this.#docker, name);
  }

  async checkRecreatable(service: string, change: ServiceChange): Promise<void> {
    await recreatable(this.#docker, this.name, service, change);
  }

  async recreate(service: string, change: ServiceChange): Promise<void> {
    await recreate(this.#docker, this.name, service, change);
  }

  async endRecreating(): Promise<boolean> {
    return endRecreating(this.name);
  }

  async startService(service: string): Promise<void> {
    await startOnceStopped(this, service);
  }

  async stopService(service: string): Promise<void> {
    await this.stop(await this.#idOf(service));
  }

  async run(id: string, command: readonly string[], within: Duration, user?: string): Promise<Executed> {
    return execIn(await this.#own(id), command, within, user);
  }

  /** Asks the engine about, or something of, a container of this project. */
  async #ask<T>(
    id: string,
    what: string,
    question: (it: Dockerode.Container) => Promise<T>,
    within?: Duration,
  ): Promise<T> {
    return answered(`to ${what} ${id.slice(0, 12)}`, question(await this.#own(id)), within);
  }

  /** The same where it may be so already, which the engine says with 304. */
  async #ensure(
    id: string,
    what: string,
    order: (it: Dockerode.Container) => Promise<unknown>,
    within?: Duration,
  ): Promise<void> {
    try {
      await this.#ask(id, what, order, within);
    } catch (thrown) {
      if (statusOf(thrown) !== 304) throw thrown;
    }
  }

  /** The blast radius: a container of another project, or without our label, is never touched, whoever names it. */
  async #own(id: string): Promise<Dockerode.Container> {
    if ((await this.#list()).some((it) => it.id === id)) return this.#docker.getContainer(id);
    throw new KnownError("not-of-the-stack", `the container ${id.slice(0, 12)} is not of the stack ${this.name}`, {
      facts: { wanted: this.#labels.join(", ") },
    });
  }

  async exec(service: string, command: readonly string[], within: Duration): Promise<Executed> {
    return execIn(this.#docker.getContainer(await this.#idOf(service)), command, within);
  }

  async logs(service: string): Promise<string> {
    const container = this.#docker.getContainer(await this.#idOf(service));
    const raw = await answered(
      `for the log of ${service}`,
      container.logs({ stdout: true, stderr: true, timestamps: true, tail: 10_000, follow: false }),
    );
    return withoutFrames(raw);
  }

  async logSize(id: string): Promise<number | undefined> {
    try {
      const said = this.#docker.getContainer(id).logs({ stdout: true, stderr: true, follow: false });
      return (await answered(`for all of the log of ${id.slice(0, 12)}`, said)).length;
    } catch (thrown) {
      if (statusOf(thrown) === 404) return undefined;
      throw thrown;
    }
  }

  /**
   * The networks in which each of its containers is reached. One that is not the stack's own, and may have others of the same name, only
   * where a container is on no other.
   */
  async networks(): Promise<string[]> {
    const filters = JSON.stringify({ label: this.#labels });
    const [own, containers] = await Promise.all([
      answered(`the networks of ${this.name}`, this.#docker.listNetworks({ filters })),
      this.#list().then((them) => Promise.all(them.map(({ id }) => this.#inspected(id)))),
    ]);
    const isOwn = (name: string) => own.some((it) => it.Name === name);
    const all = containers.flatMap((it) => {
      const names = Object.keys(it?.NetworkSettings.Networks ?? {}).filter((name) => !withoutNetwork.has(name));
      const its = names.filter(isOwn);
      return its.length > 0 ? its : names;
    });
    return [...new Set(all)].toSorted();
  }
}

const checkInterval = (check: Dockerode.HealthConfig | undefined): number =>
  check?.Interval ? check.Interval / 1e6 : byDefault.interval;

/** The engine's names for having the machine's network, or none. */
const withoutNetwork = new Set(["host", "none"]);

/** What a healthcheck may take. */
const longestExec = seconds(10);
const betweenLooks = ms(10);

/** The engine prefixes each chunk of a log with 8 bytes: stream, three zeros, length. A container with a TTY has none. */
export function withoutFrames(raw: Buffer): string {
  if (raw.length < 8) return raw.toString("utf8");
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 8 <= raw.length) {
    if (raw.readUInt8(at) > 2 || raw.readUIntBE(at + 1, 3) !== 0) return raw.toString("utf8");
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
}

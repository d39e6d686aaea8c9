import type Dockerode from "dockerode";
import { exitCode, KnownError } from "../errors.ts";
import { answered } from "../limit.ts";
import type { Duration } from "../time.ts";
import { type Executed, execIn } from "./exec.ts";
import { statusOf } from "./remove.ts";
import type { ContainerLook } from "./stack.ts";

/** The containers of one Compose project that carry a label of ours: all that may be touched. */
export class Project {
  readonly name: string;
  readonly #docker: Dockerode;
  readonly #labels: readonly string[];

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

  async #idOf(service: string): Promise<string> {
    const containers = await this.#list();
    const found = containers.find((it) => it.service === service);
    if (found) return found.id;
    throw new KnownError("no-such-service", `the stack has no container of ${service}`, {
      facts: { "its services": [...new Set(containers.map((it) => it.service))].join(", ") || "none" },
      exitCode: exitCode.usage,
    });
  }

  async look(): Promise<ContainerLook[]> {
    const looks = await Promise.all((await this.#list()).map((it) => this.#lookAt(it.id, it.service)));
    return looks.filter((it) => it !== undefined);
  }

  /** Undefined for a container that vanished between the list and the look. */
  async #lookAt(id: string, service: string): Promise<ContainerLook | undefined> {
    try {
      const { State, RestartCount, HostConfig } = await answered(
        `to inspect ${service}`,
        this.#docker.getContainer(id).inspect(),
      );
      const started = Date.parse(State.StartedAt);
      return {
        service,
        container: id,
        pid: State.Pid,
        running: State.Running && !State.Restarting,
        status: State.Status,
        restartCount: RestartCount,
        restartPolicy: HostConfig.RestartPolicy?.Name || "no",
        exitCode: State.ExitCode,
        oomKilled: State.OOMKilled,
        ...(State.Health ? { health: State.Health.Status } : {}),
        ...(started > 0 ? { startedAtUnixMs: started } : {}),
      };
    } catch (thrown) {
      if (statusOf(thrown) === 404) return undefined;
      throw thrown;
    }
  }

  async container(service: string): Promise<{ id: string; pid: number; running: boolean }> {
    const id = await this.#idOf(service);
    const look = await this.#lookAt(id, service);
    return { id, pid: look?.pid ?? 0, running: look?.running ?? false };
  }

  async start(id: string): Promise<void> {
    try {
      await answered(`to start ${id.slice(0, 12)}`, this.#docker.getContainer(id).start());
    } catch (thrown) {
      if (statusOf(thrown) !== 304) throw thrown;
    }
  }

  async startService(service: string): Promise<void> {
    await this.start(await this.#idOf(service));
  }

  async stopService(service: string): Promise<void> {
    try {
      await answered(`to stop ${service}`, this.#docker.getContainer(await this.#idOf(service)).stop());
    } catch (thrown) {
      if (statusOf(thrown) !== 304) throw thrown;
    }
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

  async networks(): Promise<string[]> {
    const filters = JSON.stringify({ label: this.#labels });
    return (await answered(`the networks of ${this.name}`, this.#docker.listNetworks({ filters }))).map(
      (it) => it.Name,
    );
  }
}

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

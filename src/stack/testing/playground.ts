import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import Dockerode from "dockerode";
import { ensureHelperImage } from "../helper-image.ts";
import { gone, removeLabelled } from "../remove.ts";

/** A throwaway network with throwaway containers, for tests of the helpers against the real engine. */
export class Playground implements AsyncDisposable {
  readonly docker: Dockerode;
  readonly image: string;
  /** Prefix of every name here; also the network's. */
  readonly name = `healproof-test-${process.env.HEALPROOF_TEST_RUN ?? "alone"}-${randomBytes(4).toString("hex")}`;
  readonly labels: Readonly<Record<string, string>> = { "io.healproof.test": this.name };

  private constructor(docker: Dockerode, image: string) {
    this.docker = docker;
    this.image = image;
  }

  static async open(): Promise<Playground> {
    const docker = new Dockerode();
    const playground = new Playground(docker, await ensureHelperImage(docker));
    await docker.createNetwork({ Name: playground.name, Labels: { ...playground.labels } });
    return playground;
  }

  /** Starts a program of one line in the network, where `alias` is its name. */
  async run(
    alias: string,
    script: string,
    options: {
      init?: boolean;
      user?: string;
      labels?: Record<string, string>;
      logs?: "none";
      tmpfs?: Record<string, string>;
      healthcheck?: Dockerode.HealthConfig;
    } = {},
  ): Promise<Dockerode.Container> {
    const container = await this.docker.createContainer({
      name: `${this.name}-${alias}`,
      Image: this.image,
      Entrypoint: ["node"],
      Cmd: ["-e", script],
      Labels: { ...this.labels, ...options.labels },
      User: options.user ?? "0:0",
      ...(options.healthcheck ? { Healthcheck: options.healthcheck } : {}),
      HostConfig: {
        NetworkMode: this.name,
        Init: options.init ?? false,
        ...(options.tmpfs ? { Tmpfs: options.tmpfs } : {}),
        ...(options.logs ? { LogConfig: { Type: options.logs, Config: {} } } : {}),
      },
      NetworkingConfig: { EndpointsConfig: { [this.name]: { Aliases: [alias] } } },
    });
    await container.start();
    return container;
  }

  /** A web server that answers every request with this status and the path. */
  web(alias: string, status = 200): Promise<Dockerode.Container> {
    const answer = `(q, a) => { a.statusCode = ${status}; a.end(q.url); }`;
    return this.run(alias, `require("node:http").createServer(${answer}).listen(80)`);
  }

  async addressOf(container: Dockerode.Container): Promise<string | undefined> {
    return (await container.inspect()).NetworkSettings.Networks[this.name]?.IPAddress;
  }

  /** The containers of this playground that there are, in whatever state. */
  async containers(): Promise<string[]> {
    const filters = JSON.stringify({ label: [`io.healproof.test=${this.name}`] });
    return (await this.docker.listContainers({ all: true, filters })).map(({ Names }) => Names[0]?.slice(1) ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeLabelled(this.docker, [`io.healproof.test=${this.name}`]);
    await gone(this.docker.getNetwork(this.name).remove());
  }
}

/** Waits until something holds; an error that says what if it does not in time. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(20);
  }
}

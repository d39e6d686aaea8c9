import { existsSync } from "node:fs";
import { join } from "node:path";
import type Dockerode from "dockerode";
import { connectEngine } from "../../stack/engine.ts";
import { ensureHelperImage } from "../../stack/helper-image.ts";
import { label } from "../../stack/labels.ts";
import { Project } from "../../stack/project.ts";
import { statusOf } from "../../stack/remove.ts";
import { seconds } from "../../time.ts";
import { type Healproof, leftOf, runIdIn } from "./healproof.ts";

/** The reference stack as `run --keep` leaves it, and all of it that a fault can change, read from the real objects. */

export class WholeStack {
  readonly run: string;
  readonly #docker: Dockerode;
  readonly #project: Project;

  private constructor(run: string, docker: Dockerode, project: Project) {
    this.run = run;
    this.#docker = docker;
    this.#project = project;
  }

  /** By a scenario that is only there to leave its stack. */
  static async start(healproof: Healproof, file: string): Promise<WholeStack> {
    const kept = await healproof.run(["run", file, "--keep", "--out", join(healproof.folder, "reports")]);
    const run = runIdIn(kept.err);
    const { docker } = await connectEngine();
    const filters = JSON.stringify({ label: [`${label.run}=${run}`] });
    const [container] = await docker.listContainers({ all: true, filters });
    const project = container?.Labels["com.docker.compose.project"];
    if (project === undefined) throw new Error(`the run ${run} has left no stack:\n${kept.err}\n${kept.out}`);
    return new WholeStack(run, docker, new Project(docker, project, [`${label.run}=${run}`]));
  }

  /** Whether the app has all that it needs, as it says itself. */
  async isReady(): Promise<boolean> {
    const ask = "fetch('http://app:8080/readyz').then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))";
    const { exitCode } = await this.#project.exec("ledger", ["node", "-e", ask], seconds(10));
    return exitCode === 0;
  }

  /** What a fault may have left behind: as text, so that two of them can be compared and the difference be read. */
  async state(services: readonly string[], hostFile: string): Promise<Record<string, unknown>> {
    const ofServices = await Promise.all(services.map(async (it) => [it, await this.#stateOf(it)] as const));
    return {
      ...Object.fromEntries(ofServices),
      toxiproxy: await this.#proxies(),
      objects: (await leftOf(this.run)).toSorted(),
      hostFile: existsSync(hostFile),
    };
  }

  async #container(service: string): Promise<Dockerode.Container> {
    return this.#docker.getContainer((await this.#project.container(service)).id);
  }

  async #stateOf(service: string): Promise<Record<string, unknown>> {
    const container = await this.#container(service);
    const { State, Config, NetworkSettings } = await container.inspect();
    return {
      status: State.Status,
      command: Config.Cmd,
      environment: Config.Env.toSorted(),
      // The engine has several figures for "none".
      limits: await this.#project.limits(container.id),
      networks: Object.keys(NetworkSettings.Networks),
      ...(State.Status === "running" ? await this.#insideIfUp(container, service) : {}),
    };
  }

  /** Nothing of one that went down since it was looked at. */
  async #insideIfUp(container: Dockerode.Container, service: string): Promise<Record<string, unknown>> {
    try {
      return await this.#inside(container, service);
    } catch (thrown) {
      if (statusOf(thrown) === 409) return {};
      throw thrown;
    }
  }

  async #inside(container: Dockerode.Container, service: string): Promise<Record<string, unknown>> {
    const { Titles, Processes } = await container.top({ ps_args: "-eo pid,stat,comm" });
    const stat = Titles.indexOf("STAT");
    return {
      stopped: Processes.filter((it: string[]) => it[stat]?.startsWith("T")).length,
      rules: await this.#rules(service),
      ...(service === "app" ? { files: await this.#said("app", ["ls", "-A", "/var/lib/app/tmp"]) } : {}),
      ...(service === "redis" ? { keys: await this.#said("redis", ["redis-cli", "get", "broken-by-exec"]) } : {}),
      ...(service === "payments"
        ? { descriptors: /open files +(\d+)/.exec(await this.#said(service, ["cat", "/proc/1/limits"]))?.[1] }
        : {}),
    };
  }

  async #said(service: string, command: readonly string[]): Promise<string> {
    return (await this.#project.exec(service, command, seconds(10))).out.trim();
  }

  /** The packet filter's rules in a container's network, by a container that shares it. */
  async #rules(service: string): Promise<string> {
    const { id } = await this.#project.container(service);
    const container = await this.#docker.createContainer({
      Image: await ensureHelperImage(this.#docker),
      Entrypoint: ["nft", "list", "ruleset"],
      Tty: true,
      Labels: { [label.run]: `${this.run}-looks` },
      HostConfig: { NetworkMode: `container:${id}`, CapDrop: ["ALL"], CapAdd: ["NET_ADMIN"] },
    });
    try {
      await container.start();
      await container.wait();
      const text = (await container.logs({ stdout: true, stderr: true })).toString("utf8");
      // What the engine's own resolver needs is there from the start; its counters move, and each start gives it other ports.
      return text
        .replaceAll(/counter packets \d+ bytes \d+/g, "counter")
        .replaceAll(/(?<=127\.0\.0\.11 (?:tcp|udp) sport )\d+/g, "any")
        .trim();
    } finally {
      await container.remove({ force: true });
    }
  }

  /** Each link: whether it is on, and what is done to it. */
  async #proxies(): Promise<unknown> {
    const ask = "fetch('http://toxiproxy:8474/proxies').then((it) => it.text()).then((it) => console.log(it))";
    const proxies: unknown = JSON.parse(await this.#said("ledger", ["node", "-e", ask]));
    return proxies;
  }
}

import type Dockerode from "dockerode";
import { expect } from "vitest";
import { Project } from "../../stack/project.ts";
import { eventually, Playground } from "../../stack/testing/playground.ts";
import { ms, seconds } from "../../time.ts";
import { type AnyFault, capabilitiesOf, type FaultTools } from "../define.ts";
import { startHand } from "../hand/start.ts";
import { noWire } from "./no-tools.ts";

export interface ServiceOrder {
  /** What its main process, Node, runs; idle unless told. */
  readonly script?: string;
  /** The number of the container, of several. */
  readonly number?: number;
  readonly user?: string;
  readonly host?: Dockerode.HostConfig;
}

const begun = "it has begun";
const idle = "setInterval(() => undefined, 1e6)";

/** Throwaway containers that are taken for the services of a stack, and the tools with what these faults need. Nothing restarts them. */
export class FaultGround implements AsyncDisposable {
  readonly tools: FaultTools;
  readonly #playground: Playground;

  private constructor(playground: Playground, tools: FaultTools) {
    this.#playground = playground;
    this.tools = tools;
  }

  static async open(...faults: readonly AnyFault[]): Promise<FaultGround> {
    const playground = await Playground.open();
    const { docker, image, name, labels } = playground;
    const capabilities = capabilitiesOf(
      faults,
      faults.map((it) => it.kind),
    );
    return new FaultGround(playground, {
      stack: new Project(docker, name, [`io.healproof.test=${name}`]),
      hand: await startHand(docker, { image, name: `${name}-hand`, labels, capabilities }),
      wire: noWire,
    });
  }

  /** Prefix of every name here. */
  get name(): string {
    return this.#playground.name;
  }

  /** What everything here carries, and is removed by. */
  get labels(): Readonly<Record<string, string>> {
    return this.#playground.labels;
  }

  async service(name: string, order: ServiceOrder = {}): Promise<Dockerode.Container> {
    const { docker, image, labels, name: project } = this.#playground;
    const { script = idle, number = 1, user = "1234:1234", host } = order;
    const container = await docker.createContainer({
      name: `${project}-${name}-${number}`,
      Image: image,
      Entrypoint: ["node", "-e"],
      Cmd: [`${script}; console.log("${begun}")`],
      User: user,
      StopTimeout: 1,
      Labels: {
        ...labels,
        "com.docker.compose.project": project,
        "com.docker.compose.service": name,
        "com.docker.compose.container-number": String(number),
      },
      HostConfig: { NetworkMode: project, ...host },
    });
    await container.start();
    // As one that is healthy when a trial breaks it: a program that is only just starting has hardly anything yet.
    const log = () => container.logs({ stdout: true, stderr: true, follow: false });
    await eventually(`${name} has begun`, async () => String(await log()).includes(begun), 20_000);
    return container;
  }

  /** As from the disk: the undo of another process has nothing else. */
  async aim(fault: AnyFault, params: unknown): Promise<unknown> {
    return JSON.parse(JSON.stringify(await fault.aim(this.tools, params)));
  }

  /** Aimed, injected and seen to bite; its aim, for the undo. */
  async broken(fault: AnyFault, params: unknown): Promise<unknown> {
    const aim = await this.aim(fault, params);
    const { from, to } = await fault.inject(this.tools, aim);
    expect(to).toBeGreaterThanOrEqual(from);
    const bite = await fault.witness(this.tools, aim, seconds(5));
    expect(bite?.to).toBeGreaterThan(from);
    return aim;
  }

  /** What its witness says where nothing was injected. */
  async witnessOfNothing(fault: AnyFault, params: unknown): Promise<unknown> {
    return fault.witness(this.tools, await this.aim(fault, params), ms(300));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tools.hand[Symbol.asyncDispose]();
    await this.#playground[Symbol.asyncDispose]();
  }
}

import { existsSync, readFileSync } from "node:fs";
import type Dockerode from "dockerode";
import { Project } from "../../stack/project.ts";
import { Playground } from "../../stack/testing/playground.ts";
import type { FaultTools } from "../define.ts";
import { Wires } from "../wire/wires.ts";
import { noHand } from "./no-tools.ts";

export interface ServiceOrder {
  /** The playground's own image, with Node, unless told. */
  readonly image?: string;
  /** A program of one line for Node. */
  readonly script?: string;
  readonly command?: readonly string[];
  readonly environment?: readonly string[];
  readonly replica?: number;
}

/** Containers that a fault takes for a Compose project, and real wires into them. */
export class LittleStack implements AsyncDisposable {
  readonly playground: Playground;
  readonly #stack: Project;
  #wires: Wires;
  #processes = 0;

  private constructor(playground: Playground) {
    this.playground = playground;
    const { docker, name } = playground;
    this.#stack = new Project(docker, name, [`io.healproof.test=${name}`]);
    this.#wires = this.#newWires();
  }

  get tools(): FaultTools {
    return { stack: this.#stack, hand: noHand, wire: this.#wires.to };
  }

  /** Ends whatever this process has in the stack, as its death does, and goes on as the next one. */
  async dieAndReturn(): Promise<void> {
    await this.#wires[Symbol.asyncDispose]();
    this.#wires = this.#newWires();
  }

  #newWires(): Wires {
    const { docker, image, name, labels } = this.playground;
    return new Wires(docker, { image, name: `${name}-wire-${++this.#processes}`, labels });
  }

  static async open(): Promise<LittleStack> {
    return new LittleStack(await Playground.open());
  }

  /** Starts a service in the playground's network, where its name is known. Nothing restarts it. */
  async service(service: string, order: ServiceOrder = {}): Promise<Dockerode.Container> {
    const { docker, image, name, labels } = this.playground;
    const { script, replica = 1, environment = [] } = order;
    const program = script === undefined ? {} : { Entrypoint: ["node"], Cmd: ["-e", script] };
    const container = await docker.createContainer({
      name: `${name}-${service}-${replica}`,
      Image: order.image ?? image,
      ...program,
      ...(order.command ? { Cmd: [...order.command] } : {}),
      Env: [...environment],
      Labels: {
        ...labels,
        "com.docker.compose.project": name,
        "com.docker.compose.service": service,
        "com.docker.compose.container-number": `${replica}`,
      },
      HostConfig: { NetworkMode: name },
      NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [service] } } },
    });
    await container.start();
    return container;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#wires[Symbol.asyncDispose]();
    await this.playground[Symbol.asyncDispose]();
  }
}

/** An image of the reference stack that the set-up has put here, by its variable; or the official one. */
export function stackImage(variable: string, official: string): string {
  const file = "fixtures/stack/.env";
  const chosen = existsSync(file) ? readFileSync(file, "utf8") : "";
  return process.env[variable] ?? new RegExp(`^${variable}=(.+)$`, "m").exec(chosen)?.[1] ?? official;
}

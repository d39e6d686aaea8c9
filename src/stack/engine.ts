import Dockerode from "dockerode";
import { getContainerRuntimeClient } from "testcontainers";
import { exitCode, KnownError, messageOf } from "../errors.ts";
import { answered } from "../limit.ts";

/** A connection to the container engine, found as Testcontainers finds it (DOCKER_HOST, contexts, rootless sockets). */
export interface Engine {
  readonly docker: Dockerode;
  readonly version: string;
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** Connects, or says in one block what is missing. */
export async function connectEngine(): Promise<Engine> {
  try {
    await answered("for its version", namedEngine());
    const client = await answered("for its version", getContainerRuntimeClient());
    const { serverVersion, cpus, memory } = client.info.containerRuntime;
    return {
      docker: client.container.dockerode,
      version: String(serverVersion),
      cpus,
      memoryMiB: Math.round(memory / 2 ** 20),
    };
  } catch (thrown) {
    throw new KnownError("no-engine", "no container engine answers", {
      exitCode: exitCode.lacking,
      facts: {
        "looked for": process.env.DOCKER_HOST ?? "the Docker socket and the current Docker context",
        "last error": messageOf(thrown),
        try: "healproof doctor",
      },
      cause: thrown,
    });
  }
}

/** Testcontainers takes the default engine where the one that is named does not answer: whose stacks we would break then, nobody meant. */
async function namedEngine(): Promise<void> {
  const { DOCKER_HOST: named } = process.env;
  if (named?.startsWith("ssh:")) throw new Error("over ssh no engine can be reached: give a unix:// or tcp:// address");
  if (named) await new Dockerode().info();
}

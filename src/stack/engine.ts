import type Dockerode from "dockerode";
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

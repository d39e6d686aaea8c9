import Dockerode from "dockerode";
import { getContainerRuntimeClient } from "testcontainers";
import { z } from "zod";
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
    const named = await answered("for its version", namedEngine());
    const client = await answered("for its version", getContainerRuntimeClient());
    if (named && addressOf(client.container.dockerode) !== addressOf(named))
      throw new Error(`it answers, and Testcontainers took another one: ${addressOf(client.container.dockerode)}`);
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

/**
 * The engine that DOCKER_HOST names, if it does. Testcontainers takes the default one where that does not answer, or another one where its
 * own settings name it: whose stacks we would break then, nobody meant.
 */
async function namedEngine(): Promise<Dockerode | undefined> {
  const { DOCKER_HOST: named } = process.env;
  if (!named) return undefined;
  if (named.startsWith("ssh:")) throw new Error("over ssh no engine can be reached: give a unix:// or tcp:// address");
  const engine = new Dockerode();
  await engine.info();
  return engine;
}

const connection = z.looseObject({
  socketPath: z.string().optional(),
  host: z.string().optional(),
  port: z.union([z.string(), z.number()]).nullish(),
});

function addressOf({ modem }: Dockerode): string {
  const { socketPath, host, port } = connection.parse({ ...modem });
  return socketPath ? `unix://${socketPath}` : `tcp://${host}:${port || 2375}`;
}

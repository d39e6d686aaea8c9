import type Dockerode from "dockerode";
import { type EngineEvent, followEvents } from "./events.ts";
import { withoutFrames } from "./project.ts";

/**
 * Watches a stack while it starts and remembers, for each service that died or turned unhealthy, what its healthcheck or its
 * log said last: when the start fails, Compose removes the containers and the reason with them.
 */
export async function watchSickness(
  docker: Dockerode,
  project: string,
): Promise<Disposable & { facts(): Record<string, string> }> {
  const seen = new Map<string, string>();
  async function note({ Action, Actor }: EngineEvent): Promise<void> {
    const service = Actor.Attributes["com.docker.compose.service"];
    if (!service || (Action !== "die" && Action !== "health_status: unhealthy")) return;
    try {
      const container = docker.getContainer(Actor.ID);
      if (Action === "die") {
        const log = withoutFrames(await container.logs({ stdout: true, stderr: true, tail: 5, follow: false }));
        seen.set(service, `died with exit code ${Actor.Attributes.exitCode ?? "unknown"}: ${log.trim()}`);
      } else {
        const last = (await container.inspect()).State.Health?.Log?.at(-1);
        seen.set(service, `unhealthy, last check exit ${last?.ExitCode ?? "unknown"}: ${last?.Output?.trim() ?? ""}`);
      }
    } catch {
      // The container is gone already: what was noted before is what we have.
      if (!seen.has(service)) seen.set(service, Action);
    }
  }

  // What is noted only explains; it may lack.
  const following = await followEvents(docker, project, {
    tell: (event) => void note(event).catch(() => undefined),
    lost: () => undefined,
  });
  return {
    facts: () => Object.fromEntries(seen),
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}

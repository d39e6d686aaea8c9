import type Dockerode from "dockerode";
import { answered } from "../limit.ts";
import { type EngineEvent, followEvents } from "./events.ts";
import { withoutFrames } from "./project.ts";

export interface Sickness extends Disposable {
  /** By service: what was seen, and its last log lines. What is there and is not well is looked at once more. */
  facts(): Promise<Record<string, string>>;
}

/** The last lines of a log say mostly why. */
const tail = 5;

/**
 * Watches a stack while it starts and remembers, for each service that died or turned unhealthy, what its healthcheck and its
 * log said last: where a start that failed is taken down again, the reason goes with the containers. Calls `ill` at each of these.
 */
export async function watchSickness(docker: Dockerode, project: string, ill: () => void = () => {}): Promise<Sickness> {
  const seen = new Map<string, string>();
  async function note({ Action, Actor }: EngineEvent): Promise<void> {
    const service = Actor.Attributes["com.docker.compose.service"];
    if (!service || (Action !== "die" && Action !== "health_status: unhealthy")) return;
    ill();
    try {
      const container = docker.getContainer(Actor.ID);
      const said =
        Action === "die"
          ? `died with exit code ${Actor.Attributes.exitCode ?? "unknown"}`
          : healthOf(await container.inspect());
      seen.set(service, `${said}${await lastLines(container)}`);
    } catch {
      // The container is gone already: what was noted before is what we have.
      if (!seen.has(service)) seen.set(service, Action);
    }
  }

  async function look(id: string, service: string): Promise<void> {
    const container = docker.getContainer(id);
    const inspected = await container.inspect();
    const { Status: status, ExitCode: code, Health: health } = inspected.State;
    if (status === "running" && (!health || health.Status === "healthy")) return;
    const said = status === "running" ? healthOf(inspected) : `${status}, exit code ${code}`;
    seen.set(service, status === "created" ? "never started" : `${said}${await lastLines(container)}`);
  }

  // What is noted only explains; it may lack.
  const following = await followEvents(docker, project, {
    tell: (event) => void note(event).catch(() => undefined),
    lost: () => undefined,
  });
  return {
    async facts() {
      const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
      const there = await answered("for containers", docker.listContainers({ all: true, filters })).catch(() => []);
      await Promise.allSettled(
        there.map(({ Id, Labels }) =>
          answered(`about ${Id.slice(0, 12)}`, look(Id, Labels["com.docker.compose.service"] ?? Id.slice(0, 12))),
        ),
      );
      return Object.fromEntries(seen);
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}

/** `unhealthy, last check exit 1: connection refused` */
function healthOf({ State: { Health: health } }: Dockerode.ContainerInspectInfo): string {
  const status = health?.Status ?? "unhealthy";
  const last = health?.Log?.at(-1);
  if (!last) return `${status}, not checked yet`;
  const words = last.Output.trim();
  return `${status}, last check exit ${last.ExitCode}${words ? `: ${words}` : ""}`;
}

async function lastLines(container: Dockerode.Container): Promise<string> {
  const log = withoutFrames(await container.logs({ stdout: true, stderr: true, tail, follow: false })).trim();
  return log === "" ? "; it logged nothing" : `; it logged last:\n${log}`;
}

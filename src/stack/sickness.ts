import type Dockerode from "dockerode";
import { z } from "zod";
import { withoutFrames } from "./project.ts";

const event = z.looseObject({
  Action: z.string(),
  Actor: z.looseObject({ ID: z.string(), Attributes: z.record(z.string(), z.string()).default({}) }),
});

/**
 * Watches a stack while it starts and remembers, for each service that died or turned unhealthy, what its healthcheck or its
 * log said last: when the start fails, Compose removes the containers and the reason with them.
 */
export async function watchSickness(
  docker: Dockerode,
  project: string,
): Promise<AsyncDisposable & { facts(): Record<string, string> }> {
  const filters = JSON.stringify({ type: ["container"], label: [`com.docker.compose.project=${project}`] });
  const stream = await docker.getEvents({ filters });
  const seen = new Map<string, string>();
  let pending = "";
  stream.on("data", (chunk: Buffer) => {
    pending += chunk.toString("utf8");
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) note(line).catch(() => undefined); // what is noted only explains; it may lack
  });
  stream.on("error", () => undefined);

  async function note(line: string): Promise<void> {
    const parsed = event.safeParse(JSON.parse(line));
    if (!parsed.success) return;
    const { Action, Actor } = parsed.data;
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

  return {
    facts: () => Object.fromEntries(seen),
    async [Symbol.asyncDispose]() {
      if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
    },
  };
}

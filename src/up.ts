import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Dockerode from "dockerode";
import { exitCode, KnownError, messageOf } from "./errors.ts";
import { answered } from "./limit.ts";
import { refuseBusyPorts } from "./stack/busy-ports.ts";
import { compose } from "./stack/compose.ts";
import { labelsOf, readComposeModel, servicesWanted, tailor } from "./stack/compose-file.ts";
import { endComposeOf } from "./stack/compose-processes.ts";
import { connectEngine } from "./stack/engine.ts";
import { healthLimit } from "./stack/health-limit.ts";
import { expectedOf, removeInterrupted } from "./stack/in-flight.ts";
import { kept, label, ownerMark, projectPrefix } from "./stack/labels.ts";
import { type Removed, removeLabelled } from "./stack/remove.ts";
import { watchSickness } from "./stack/sickness.ts";
import { forgetStack, rememberedStacks, rememberStack } from "./stack/stack-file.ts";
import { makeWorkFolder } from "./stack/work-folder.ts";
import { formatDuration, minutes } from "./time.ts";

/** The stack by hand: started by plain Compose with its published ports, so that it stays when we end. */

const byHand = "by-hand";
const project = `${projectPrefix}${byHand}`;

/** Images may have to be fetched; how long that takes says nothing of the stack. */
const creating = minutes(10);

/**
 * Starts a Compose file's stack and waits until it is healthy, with a limit (see {@link healthLimit}). Returns where its published
 * ports are. An interrupted start is removed; one that failed stays, so that it can be looked at.
 */
export async function up(composeFile: string, signal: AbortSignal): Promise<{ service: string; address: string }[]> {
  const { docker } = await connectEngine();
  await refuseSecond(docker);
  const model = await readComposeModel(composeFile);
  const services = servicesWanted(model, undefined);
  // A remote engine publishes its ports elsewhere.
  if (!/^(tcp|https?|ssh):/.test(process.env.DOCKER_HOST ?? "")) await refuseBusyPorts(model, services, composeFile);
  const labels = labelsOf(byHand, byHand, kept);
  const tailored = tailor(model, { project, services, overrides: {}, labels, ports: "kept" });
  const expected = expectedOf(tailored, project);
  using folder = makeWorkFolder(project, { run: byHand, owner: ownerMark(), expected, labels });
  const file = join(folder.path, "compose.json");
  await writeFile(file, JSON.stringify(tailored), { mode: 0o600 });
  const limit = healthLimit(model, services);
  using sickness = await watchSickness(docker, project);
  try {
    await compose(["-p", project, "-f", file, "create"], { within: creating, signal });
    await compose(["-p", project, "-f", file, "up", "--detach", "--wait"], { within: limit, signal });
  } catch (thrown) {
    // Where its limit ended it, what it had started may go on by itself.
    endComposeOf((name) => name === project);
    if (signal.aborted) {
      await removeInterrupted(docker, expected, labels);
      signal.throwIfAborted();
    }
    throw new KnownError(
      "stack-not-up",
      `the stack of ${composeFile} did not come up healthy (limit ${formatDuration(limit)})`,
      {
        facts: {
          ...(await sickness.facts()),
          reason: (thrown instanceof KnownError ? thrown.facts.why : undefined) ?? messageOf(thrown),
          try: "docker logs of what is named here, then healproof down",
        },
        cause: thrown,
      },
    );
  }
  rememberStack(project, byHand, tailored);
  return addressesOf(docker);
}

/** As the engine tells them: a Compose file may leave the choice of a port to it. */
async function addressesOf(docker: Dockerode): Promise<{ service: string; address: string }[]> {
  const filters = JSON.stringify({ label: [`${label.run}=${byHand}`] });
  const containers = await answered("for published ports", docker.listContainers({ filters }));
  return containers
    .flatMap(({ Labels: labels, Ports: ports }) => {
      const published = ports.flatMap(({ IP: ip, PublicPort: port }) => (port ? [`${hostOf(ip)}:${port}`] : []));
      return [...new Set(published)].map((address) => ({
        service: labels["com.docker.compose.service"] ?? "",
        address,
      }));
    })
    .sort((a, b) => a.service.localeCompare(b.service) || a.address.localeCompare(b.address));
}

/** What a person types: any address of the machine is localhost, too. */
function hostOf(ip: string): string {
  if (ip === "0.0.0.0" || ip === "::") return "localhost";
  return ip.includes(":") ? `[${ip}]` : ip;
}

/** There is one project for what is up by hand: a second start would change the first one's stack, and remove it when interrupted. */
async function refuseSecond(docker: Dockerode): Promise<void> {
  const there = await containersOf(docker, byHand);
  if (there === 0) return;
  throw new KnownError("already-up", "a stack is up by hand already, and there can be only one", {
    facts: { there: `${there} containers of ${project}`, try: "healproof down, which removes it" },
    exitCode: exitCode.usage,
  });
}

/** Removes what {@link up} started, or a run that was kept (`--keep`). Nothing there is a success. */
export async function down(run: string = byHand): Promise<Removed> {
  const { docker } = await connectEngine();
  const removed = await removeLabelled(docker, [`${label.run}=${run}`, `${label.owner}=${kept}`]);
  // One that is not kept is not ours to forget.
  if ((await containersOf(docker, run)) === 0)
    for (const it of rememberedStacks()) if (it.run === run) forgetStack(it.project);
  return removed;
}

async function containersOf(docker: Dockerode, run: string): Promise<number> {
  const filters = JSON.stringify({ label: [`${label.run}=${run}`] });
  return (await answered("for containers", docker.listContainers({ all: true, filters }))).length;
}

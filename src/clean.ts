import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Dockerode from "dockerode";
import type { AnyFault } from "./fault/define.ts";
import { startHand } from "./fault/hand/start.ts";
import { endComposeOf } from "./stack/compose-processes.ts";
import { connectEngine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";
import { kept, label, ownerLives, ownerMark, projectPrefix } from "./stack/labels.ts";
import { Project } from "./stack/project.ts";
import { removeLabelled } from "./stack/remove.ts";
import { forgetUndo, leftToUndo, type UndoEntry, undoEntry } from "./undo.ts";

/**
 * Puts back everything that a run left behind when it was killed: faults in force first (by the undo list on disk), then
 * containers, networks and volumes (by their labels) and files. A run that still lives is left alone, and so is a stack that
 * was kept on purpose, unless `all` is asked for. Returns what was done, for people; nothing to do is an empty list.
 */
export async function clean(faults: readonly AnyFault[], options: { all: boolean }): Promise<string[]> {
  const { docker } = await connectEngine();
  const entries = leftToUndo(options);
  const done = entries.length > 0 ? await undoAll(docker, entries, faults) : [];
  for (const { run, owner } of await runsOf(docker)) {
    if (!options.all && (owner === kept || ownerLives(owner))) continue;
    const ended = endComposeOf((name) => name.startsWith(`${projectPrefix}${run}-`));
    if (ended > 0) done.push(`run ${run}: ended ${ended} docker compose process${ended === 1 ? "" : "es"}`);
    const { containers, networks, volumes } = await removeLabelled(docker, [`${label.run}=${run}`]);
    done.push(`run ${run}: removed ${containers} containers, ${networks} networks, ${volumes} volumes`);
  }
  const live = new Set((await runsOf(docker)).map(({ run }) => run));
  for (const name of readdirSync(tmpdir()).filter((it) => it.startsWith(projectPrefix))) {
    if ([...live].some((run) => name.startsWith(`${projectPrefix}${run}-`))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
    done.push(`removed the temporary folder ${name}`);
  }
  return done;
}

async function undoAll(
  docker: Dockerode,
  entries: readonly UndoEntry[],
  faults: readonly AnyFault[],
): Promise<string[]> {
  await using hand = await startHand(docker, {
    image: await ensureHelperImage(docker),
    name: `${projectPrefix}clean-${process.pid}`,
    labels: { [label.owner]: ownerMark(), [label.role]: "hand" },
  });
  const done: string[] = [];
  for (const entry of entries) {
    const stack = new Project(docker, entry.project, [`${label.run}=${entry.run}`]);
    if ((await stack.look()).length === 0) {
      forgetUndo(entry.id);
      done.push(`${entry.what}: its stack is gone, nothing to put back`);
    } else done.push(`${entry.what}: ${await undoEntry(entry, faults, { stack, hand })}`);
  }
  return done;
}

/** The runs that have anything in the engine, with their owners. */
async function runsOf(docker: Dockerode): Promise<{ run: string; owner: string }[]> {
  const filters = JSON.stringify({ label: [label.run] });
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const labels = [...containers, ...networks, ...(volumes ?? [])].map((it) => it.Labels ?? {});
  const runs = new Map<string, string>();
  for (const it of labels) {
    const run = it[label.run];
    if (run !== undefined) runs.set(run, it[label.owner] ?? "");
  }
  return [...runs].map(([run, owner]) => ({ run, owner }));
}

import { rmSync } from "node:fs";
import type Dockerode from "dockerode";
import type { AnyFault } from "./fault/define.ts";
import { startHand } from "./fault/hand/start.ts";
import { endComposeOf } from "./stack/compose-processes.ts";
import { connectEngine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";
import { kept, label, ownerLives, ownerMark, projectPrefix } from "./stack/labels.ts";
import { Project } from "./stack/project.ts";
import { removeLabelled } from "./stack/remove.ts";
import { workFolders } from "./stack/work-folder.ts";
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
  const folders = workFolders();
  for (const [run, owner] of await runsOf(docker, folders)) {
    if (!options.all && (owner === kept || ownerLives(owner))) continue;
    // First whoever still makes things, then the things.
    const ended = endComposeOf((name) => name.startsWith(`${projectPrefix}${run}`));
    const { containers, networks, volumes } = await removeLabelled(docker, [`${label.run}=${run}`]);
    for (const { path } of folders.filter((it) => it.run === run)) rmSync(path, { recursive: true, force: true });
    done.push(
      `run ${run}: removed ${containers} containers, ${networks} networks, ${volumes} volumes${
        ended === 0 ? "" : `, after ending ${ended} docker compose processes`
      }`,
    );
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

/** The runs that have anything in the engine or a folder, with their owners. */
async function runsOf(
  docker: Dockerode,
  folders: ReturnType<typeof workFolders>,
): Promise<ReadonlyMap<string, string>> {
  const filters = JSON.stringify({ label: [label.run] });
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const runs = new Map(folders.map(({ run, owner }) => [run, owner]));
  for (const { Labels: labels } of [...containers, ...networks, ...(volumes ?? [])]) {
    const run = labels?.[label.run];
    if (run !== undefined) runs.set(run, labels?.[label.owner] ?? "");
  }
  return runs;
}

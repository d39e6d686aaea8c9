import type Dockerode from "dockerode";
import { KnownError, textOf } from "./errors.ts";
import { type AnyFault, capabilitiesOf } from "./fault/define.ts";
import { startHand } from "./fault/hand/start.ts";
import type { Host } from "./fault/host.ts";
import { Wires } from "./fault/wire/wires.ts";
import { LeftAlone } from "./left-alone.ts";
import { answered } from "./limit.ts";
import { endComposeOf } from "./stack/compose-processes.ts";
import { connectEngine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";
import { removeInterrupted } from "./stack/in-flight.ts";
import { kept, label, ownerLives, ownerMark, projectPrefix } from "./stack/labels.ts";
import { Project } from "./stack/project.ts";
import { removeLabelled, stuckText } from "./stack/remove.ts";
import { forgetStack, rememberedStacks } from "./stack/stack-file.ts";
import { startsUnderWay } from "./stack/work-folder.ts";
import { forgetUndo, forgetUnfinished, leftToUndo, outlivesStack, type UndoEntry, undoEntry } from "./undo.ts";

export interface Cleaning {
  /** Also what still lives, and what was kept. */
  readonly all: boolean;
  /** The lab's machine, where that is what is to be put back. */
  readonly host?: Host | undefined;
  /** The id of the only run that is meant. */
  readonly run?: string | undefined;
}

export interface Cleaned {
  /** What was done, for people. */
  readonly done: readonly string[];
  readonly leftAlone: LeftAlone;
}

/**
 * Puts back everything that a run left behind when it was killed: faults in force first (by the undo list on disk), then
 * containers, networks and volumes (by their labels) and files. A run that still lives is left alone, and so is a stack that
 * was kept on purpose, unless `all` is asked for; with `run`, so is everything of other runs.
 */
export async function clean(faults: readonly AnyFault[], options: Cleaning): Promise<Cleaned> {
  const { docker } = await connectEngine();
  const own = ownRun();
  const isMeant = (it: { readonly run: string }) => options.run === undefined || it.run === options.run;
  const done: string[] = [];
  const leftAlone = new LeftAlone();
  /** What could not be done, by what it is about. Nothing of it keeps the rest from being done. */
  const failed: Record<string, string> = {};
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      failed[what] = textOf(thrown);
    }
  };

  const entries: UndoEntry[] = [];
  await attempt("the undo list", async () => {
    const left = leftToUndo({ all: true });
    for (const it of left.entries.filter(isMeant))
      if (options.all || !ownerLives(it.owner)) entries.push(it);
      else leftAlone.add(it.run, it.owner);
    Object.assign(failed, left.damaged);
    const unfinished = forgetUnfinished();
    if (unfinished > 0)
      done.push(
        `${unfinished} entries of the undo list that were not written to the end: removed, nothing had been done yet`,
      );
  });
  if (entries.length > 0) await undoAll({ docker, host: options.host }, entries, faults, done, failed);

  // A start that was killed goes on making things: first whoever makes them, then the things.
  const starts = startsUnderWay();
  Object.assign(failed, starts.damaged);
  for (const { project, run, owner, expected, labels, forget } of starts.found.filter(isMeant)) {
    if (!options.all && ownerLives(owner)) {
      leftAlone.add(run, owner);
      continue;
    }
    await attempt(`the start of ${project}`, async () => {
      const ended = endComposeOf((name) => name === project);
      const { containers, left } = await removeInterrupted(docker, expected, labels);
      for (const name of left) failed[name] = `not of run ${run}, although it has a name of its start: left alone`;
      forget();
      done.push(`run ${run}: ended a start that was under way (${ended} processes, ${containers} containers)`);
    });
  }
  await attempt("the list of runs", async () => {
    for (const [run, owners] of await runsOf(docker)) {
      if (!isMeant({ run }) || run === own) continue;
      const whose = options.all ? [] : owners.filter((owner) => owner === kept || ownerLives(owner));
      for (const owner of whose) leftAlone.add(run, owner);
      if (whose.length > 0) continue;
      await attempt(`run ${run}`, async () => {
        const { containers, networks, volumes, stuck } = await removeLabelled(docker, [`${label.run}=${run}`]);
        if (containers + networks + volumes > 0 || stuck.length === 0)
          done.push(`run ${run}: removed ${containers} containers, ${networks} networks, ${volumes} volumes`);
        if (stuck.length > 0) throw new KnownError("network-stuck", stuck.map(stuckText).join("\n"));
      });
    }
  });

  await attempt("the stacks that are remembered", async () => {
    // Read before the engine is asked: one that has just come up is there by then.
    const remembered = rememberedStacks().filter(isMeant);
    const runs = await runsOf(docker);
    for (const { project, run } of remembered) if (!runs.has(run)) forgetStack(project);
  });

  // With its stack gone there is nothing left that an undo could have put back.
  for (const { id, what, ...entry } of entries.filter(({ id }) => failed[id] !== undefined))
    await attempt(id, async () => {
      if (!(await isGone(docker, entry))) return;
      forgetUndo(id);
      delete failed[id];
      done.push(`${what}: its stack is gone, nothing to put back`);
    });
  if (Object.keys(failed).length > 0)
    throw new KnownError("not-undone", "something could not be put back", {
      facts: { ...failed, "put back": done.join("\n") || "nothing", try: "healproof clean, once the reason is gone" },
    });
  return { done, leftAlone };
}

async function isGone(
  docker: Dockerode,
  { project, run, undo }: Pick<UndoEntry, "project" | "run" | "undo">,
): Promise<boolean> {
  if (outlivesStack({ undo })) return false;
  return (await new Project(docker, project, [`${label.run}=${run}`]).look()).length === 0;
}

/** What this process makes is labelled as of a run of its own: killed, it is cleaned away as any other. */
const ownRun = (): string => `clean-${ownerMark()}`;

/** Undoes each entry; one that fails does not keep the others from being undone. */
async function undoAll(
  { docker, host }: { readonly docker: Dockerode; readonly host: Host | undefined },
  entries: readonly UndoEntry[],
  faults: readonly AnyFault[],
  done: string[],
  failed: Record<string, string>,
): Promise<void> {
  const run = ownRun();
  const name = `${projectPrefix}${run}`;
  const labels = { [label.run]: run, [label.owner]: ownerMark() };
  try {
    const image = await ensureHelperImage(docker);
    await using hand = await startHand(docker, {
      image,
      name,
      labels: { ...labels, [label.role]: "hand" },
      capabilities: capabilitiesOf(
        faults,
        entries.flatMap(({ undo }) => ("fault" in undo ? [undo.fault] : [])),
      ),
    });
    await using wires = new Wires(docker, {
      image,
      name: `${name}-wire`,
      labels: { ...labels, [label.role]: "wire" },
    });
    for (const entry of entries)
      try {
        if (await isGone(docker, entry)) {
          forgetUndo(entry.id);
          done.push(`${entry.what}: its stack is gone, nothing to put back`);
          continue;
        }
        const stack = new Project(docker, entry.project, [`${label.run}=${entry.run}`]);
        done.push(`${entry.what}: ${await undoEntry(entry, faults, { stack, hand, wire: wires.to, host })}`);
      } catch (thrown) {
        failed[entry.id] = textOf(thrown);
      }
  } catch (thrown) {
    // Without a hand nothing can be undone; what has been undone is forgotten already.
    const open = new Set(leftToUndo({ all: true }).entries.map(({ id }) => id));
    for (const { id } of entries) if (open.has(id)) failed[id] ??= textOf(thrown);
  }
}

/** The runs that have anything in the engine, with the owners of what they have. */
async function runsOf(docker: Dockerode): Promise<ReadonlyMap<string, string[]>> {
  const filters = JSON.stringify({ label: [label.run] });
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    answered("for containers", docker.listContainers({ all: true, filters })),
    answered("for networks", docker.listNetworks({ filters })),
    answered("for volumes", docker.listVolumes({ filters })),
  ]);
  const runs = new Map<string, string[]>();
  for (const { Labels: labels } of [...containers, ...networks, ...(volumes ?? [])]) {
    const run = labels?.[label.run];
    if (run !== undefined) runs.set(run, [...(runs.get(run) ?? []), labels?.[label.owner] ?? ""]);
  }
  return runs;
}

import type Dockerode from "dockerode";
import { exitCode, KnownError } from "./errors.ts";
import { answered } from "./limit.ts";
import { kept, label } from "./stack/labels.ts";

/** A stack that stays: what `healproof up` started, or `run --keep` left running. */
export interface KeptStack {
  readonly project: string;
  readonly run: string;
}

async function keptStacks(docker: Dockerode): Promise<KeptStack[]> {
  const filters = JSON.stringify({ label: [`${label.owner}=${kept}`, label.run] });
  const containers = await answered("for stacks", docker.listContainers({ all: true, filters }));
  const found = new Map<string, KeptStack>();
  for (const { Labels: labels } of containers) {
    const project = labels["com.docker.compose.project"];
    const run = labels[label.run];
    if (project !== undefined && run !== undefined) found.set(project, { project, run });
  }
  return [...found.values()].sort((a, b) => a.project.localeCompare(b.project));
}

export interface Wanted {
  readonly run?: string | undefined;
  readonly project?: string | undefined;
}

/** The one that is meant: the only one there is, of that run, by that name. Never a stack that healproof did not start. */
export async function findKeptStack(docker: Dockerode, wanted: Wanted): Promise<KeptStack> {
  const all = await keptStacks(docker);
  const fitting = all.filter(
    (it) =>
      (wanted.run === undefined || it.run === wanted.run) &&
      (wanted.project === undefined || it.project === wanted.project),
  );
  const [only, ...others] = fitting;
  if (only && others.length === 0) return only;
  const shown = all.map((it) => `--run ${it.run} --project ${it.project}`).join("\n") || "none";
  if (only)
    throw new KnownError("which-stack", "more than one stack is up: which is meant?", {
      facts: { "there are": shown, try: "--project" },
      exitCode: exitCode.usage,
    });
  const named = [wanted.run && `of the run ${wanted.run}`, wanted.project && `called ${wanted.project}`].filter(
    Boolean,
  );
  throw new KnownError("no-stack", ["no stack", ...named, "is up that healproof started to stay"].join(" "), {
    facts: { "there are": shown, try: "healproof up, or healproof run --keep" },
    exitCode: exitCode.usage,
  });
}

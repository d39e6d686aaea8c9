import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Dockerode from "dockerode";
import { DockerComposeEnvironment, Wait } from "testcontainers";
import { KnownError, messageOf } from "../errors.ts";
import { stretched, within } from "../limit.ts";
import type { TrialPlan } from "../plan.ts";
import { type Duration, formatDuration, seconds } from "../time.ts";
import { type ComposeModel, labelsOf, readComposeModel, servicesWanted, tailor } from "./compose-file.ts";
import { endComposeOf } from "./compose-processes.ts";
import { expectedOf, removeInterrupted } from "./in-flight.ts";
import { label, ownerMark } from "./labels.ts";
import { withPatientChecks } from "./patient-checks.ts";
import { Project } from "./project.ts";
import { Remains } from "./remains.ts";
import { removeLabelled, stuckText } from "./remove.ts";
import { refuseShares } from "./shares.ts";
import { watchSickness } from "./sickness.ts";
import type { ContainerRemains, StartedStack } from "./stack.ts";
import { forgetStack, rememberStack } from "./stack-file.ts";
import { makeWorkFolder } from "./work-folder.ts";

/**
 * The target `containers`: a fresh stack for one trial, started by Testcontainers' Compose support under a project name of
 * its own. Its reaper is not used: it cannot run where no image registry is in reach, and our labels do its work.
 */

export interface StackOrder {
  readonly docker: Dockerode;
  readonly plan: TrialPlan;
  readonly run: string;
  readonly owner: string;
  readonly project: string;
  readonly within?: Duration;
  /** Given what there is of a stack that did not come up, before it is removed, to save why. */
  readonly failed?: (remains: ContainerRemains) => Promise<void>;
}

export type StackStart = (order: StackOrder, signal: AbortSignal) => Promise<StartedStack>;

export async function startContainers(order: StackOrder, signal: AbortSignal): Promise<StartedStack> {
  const { docker, plan, run, owner, project } = order;
  const limit = order.within ?? seconds(90);
  const labels = labelsOf(run, plan.id, owner);
  const { model, services } = await checkedStack(plan.stack);
  const tailored = withPatientChecks(tailor(model, { project, services, overrides: plan.stack.overrides, labels }));
  const expected = expectedOf(tailored, project);
  using folder = makeWorkFolder(project, { run, owner: ownerMark(), expected, labels });
  let starting: Promise<unknown> = Promise.resolve();
  const remains = new Remains(new Project(docker, project, [`${label.run}=${run}`]));
  // Where Compose fails, Testcontainers takes down what it has started.
  using sickness = await watchSickness(docker, project, () => remains.remember());
  try {
    signal.throwIfAborted();
    await writeFile(join(folder.path, "compose.json"), JSON.stringify(tailored), { mode: 0o600 });
    const environment = new DockerComposeEnvironment(folder.path, "compose.json")
      .withProjectName(project)
      .withAutoCleanup(false)
      .withStartupTimeout(stretched(limit));
    for (const name of services)
      if (tailored.services[name]?.healthcheck?.disable !== true && tailored.services[name]?.healthcheck)
        environment.withWaitStrategy(`${name}-1`, Wait.forHealthCheck());
    starting = environment.up(services);
    await within(
      limit,
      unlessInterrupted(starting, signal),
      (waited) => new Error(`still not up after ${formatDuration(waited)}`),
    );
    return await running(docker, { project, run, services, model: tailored });
  } catch (thrown) {
    const sick = signal.aborted ? {} : await sickness.facts();
    const saved = signal.aborted ? {} : await save(remains, order);
    await abandon(starting, () => {
      endComposeOf((name) => name === project);
      return removeInterrupted(docker, expected, labels);
    });
    signal.throwIfAborted();
    throw new KnownError(
      "stack-not-up",
      `the stack of ${plan.id} did not come up healthy (limit ${formatDuration(stretched(limit))})`,
      {
        facts: {
          ...sick,
          reason: messageOf(thrown),
          ...saved,
          try: `healproof up ${plan.stack.compose}, then docker logs`,
        },
        cause: thrown,
      },
    );
  }
}

/** Where it was saved why a stack did not come up, for an error that says that it did not. */
async function save(remains: ContainerRemains, { failed }: StackOrder): Promise<Record<string, string>> {
  if (!failed) return {};
  try {
    await failed(remains);
    return { see: "evidence/" };
  } catch (thrown) {
    return { see: `evidence/, which could not be saved: ${messageOf(thrown)}` };
  }
}

/** A stack that runs, and was started as the model says. */
async function running(
  docker: Dockerode,
  of: {
    readonly project: string;
    readonly run: string;
    readonly services: readonly string[];
    readonly model: ComposeModel;
  },
): Promise<StartedStack> {
  const { project, run, services, model } = of;
  const ofRun = `${label.run}=${run}`;
  const containers = new Project(docker, project, [ofRun]);
  rememberStack(project, run, model);
  return {
    project,
    services,
    containers,
    networks: await containers.networks(),
    again: () => running(docker, of),
    down: async () => {
      const { stuck } = await removeLabelled(docker, [ofRun, `com.docker.compose.project=${project}`]);
      forgetStack(project);
      if (stuck[0] !== undefined) throw new KnownError("network-stuck", stuckText(stuck[0]));
    },
  };
}

/** How long a start that is given up may go on. */
export const abandonLimit = seconds(60);
const againMs = 50;

/**
 * Removes what a start has made, again and again until the start itself has given up: it may not have called Compose yet, or may
 * be waiting for the health of what is gone. Then once more.
 */
async function abandon(starting: Promise<unknown>, remove: () => Promise<unknown>): Promise<void> {
  let over = false;
  const ended = starting.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  const began = performance.now();
  do {
    await remove();
    await Promise.race([ended, sleep(againMs)]);
    if (performance.now() - began > abandonLimit)
      throw new KnownError(
        "not-abandoned",
        `a start that was given up was still at work after ${formatDuration(abandonLimit)}`,
        {
          facts: { try: "healproof clean" },
        },
      );
  } while (!over);
  await remove();
}

/** A plan's stack as Compose reads it; refused where it shares what is not its own, or cannot be copied. Nothing is started. */
export async function checkedStack(stack: TrialPlan["stack"]): Promise<{ model: ComposeModel; services: string[] }> {
  const active = await modelOf(stack);
  // To name a service activates its profile, as in Compose itself.
  const isThere = (name: string) => Object.hasOwn(active.services, name);
  const model = stack.services?.every(isThere) === false ? await modelOf(stack, "all") : active;
  const services = servicesWanted(model, stack.services);
  refuseShares(model, { file: stack.compose, services, shares: stack.shares });
  tailor(model, { project: "", services, overrides: stack.overrides, labels: {} });
  return { model, services };
}

/** Compose takes about 0.1 s to read a file, and all trials of a run read the same few. */
const models = new Map<string, Promise<ComposeModel>>();
function modelOf(
  { compose: file, variables }: TrialPlan["stack"],
  profiles: "active" | "all" = "active",
): Promise<ComposeModel> {
  const key = JSON.stringify([file, variables, profiles]);
  const known = models.get(key);
  if (known) return known;
  const reading = readComposeModel(file, variables, profiles);
  reading.catch(() => models.delete(key));
  models.set(key, reading);
  return reading;
}

function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new Error("interrupted"));
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return Promise.race([work, interrupted]).finally(() => signal.removeEventListener("abort", stop));
}

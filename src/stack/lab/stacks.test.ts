import Dockerode from "dockerode";
import { expect, test } from "vitest";
import { actOf, planOf } from "../../judge/testing/journal-builder.ts";
import type { TrialPlan } from "../../plan.ts";
import { Project } from "../project.ts";
import type { StartedStack } from "../stack.ts";
import { LabStacks } from "./stacks.ts";

const docker = new Dockerode({ socketPath: "/nowhere" });

/** Plans that differ in their stack by the restart policy alone. */
const plan = (restart: "always" | "no"): TrialPlan => {
  const it = planOf([actOf()], {});
  return { ...it, stack: { ...it.stack, overrides: { app: { restart } } } };
};

/** What was done to a machine by stacks for these plans, and which stack each got. */
async function after(plans: readonly TrialPlan[]) {
  const did: string[] = [];
  const note = (what: string) => async () => void did.push(what);
  const started = (project: string): StartedStack => ({
    project,
    services: [],
    networks: [],
    containers: new Project(docker, project, []),
    again: async () => started(`${project} again`),
    down: note("down"),
  });
  const snapshot = { take: note("take"), restore: note("restore"), forget: note("forget") };
  const stacks = new LabStacks(snapshot, plans, async ({ project }) => {
    did.push(`start ${project}`);
    return started(project);
  });
  const got: string[] = [];
  for (const [i, it] of plans.entries()) {
    const order = { docker, plan: it, run: "r", owner: "o", project: `p${i}` };
    const { stack, putBack } = await stacks.start(order, new AbortController().signal);
    got.push(`${stack.project}${putBack ? ", put back" : ""}`);
  }
  await stacks.forget();
  return { did, got };
}

test("what the trial before had, too, is put back and not started; what is kept makes room for another, and is gone in the end", async () => {
  const { did, got } = await after([plan("always"), plan("always"), plan("always"), plan("no")]);
  expect(got).toEqual(["p0", "p0 again, put back", "p0 again, put back", "p3"]);
  expect(did).toEqual(["start p0", "take", "restore", "restore", "forget", "start p3"]);
});

test("what no other trial needs is not kept", async () => {
  expect((await after([plan("always"), plan("no")])).did).toEqual(["start p0", "start p1"]);
});

test("another one in between takes its place", async () => {
  const { did, got } = await after([plan("always"), plan("no"), plan("always")]);
  expect(got).toEqual(["p0", "p1", "p2"]);
  expect(did).toEqual(["start p0", "take", "forget", "start p1", "start p2"]);
});

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

/** What was done to a machine by stacks for these plans, and which stack each got. `fails`: what of it does, and how often. */
async function after(plans: readonly TrialPlan[], fails: { take?: number; restore?: number } = {}) {
  const did: string[] = [];
  const told: string[] = [];
  const left = { ...fails };
  const fallible = (what: "take" | "restore") => async () => {
    did.push(what);
    left[what] = (left[what] ?? 0) - 1;
    if (left[what] >= 0) throw new Error(`${what} failed`);
  };
  const note = (what: string) => async () => void did.push(what);
  const started = (project: string): StartedStack => ({
    project,
    services: [],
    networks: [],
    containers: new Project(docker, project, []),
    again: async () => started(`${project} again`),
    down: note(`down ${project}`),
  });
  const snapshot = { take: fallible("take"), restore: fallible("restore"), forget: note("forget") };
  const stacks = new LabStacks(
    snapshot,
    plans,
    (what) => told.push(what),
    async ({ project }) => {
      did.push(`start ${project}`);
      return started(project);
    },
  );
  const got: string[] = [];
  for (const [i, it] of plans.entries()) {
    const order = { docker, plan: it, run: "r", owner: "o", project: `p${i}` };
    got.push(
      await stacks.start(order, new AbortController().signal).then(
        ({ stack, putBack }) => `${stack.project}${putBack ? ", put back" : ""}`,
        (thrown: unknown) => String(thrown),
      ),
    );
  }
  await stacks.forget();
  return { did, got, told };
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

test("a machine that cannot be kept is told once, and the trials go on without; nothing is left of the attempt", async () => {
  const { did, got, told } = await after([plan("always"), plan("always"), plan("always")], { take: 1 });
  expect(got).toEqual(["p0", "p1", "p2"]);
  expect(did).toEqual(["start p0", "take", "forget", "start p1", "start p2"]);
  expect(told).toEqual([expect.stringContaining("take failed")]);
});

test("of a machine that could not be put back nothing stays up; the next trial starts anew, and knows that nothing is connected", async () => {
  const { did, got } = await after([plan("always"), plan("always"), plan("always")], { restore: 1 });
  expect(got).toEqual(["p0", "Error: restore failed", "p2, put back"]);
  expect(did).toEqual(["start p0", "take", "restore", "forget", "down p0", "start p2"]);
});

import Dockerode from "dockerode";
import { expect, test } from "vitest";
import { findKeptStack, type Wanted } from "./kept-stacks.ts";
import { FakeEngine } from "./stack/testing/fake-engine.ts";

const container = (run: string, project: string) => ({
  Id: project,
  Labels: { "io.healproof.owner": "kept", "io.healproof.run": run, "com.docker.compose.project": project },
});

/** What is found among what the engine lists, and what it was asked for. */
async function find(containers: object[], wanted: Wanted = {}) {
  const asked: string[] = [];
  using engine = await FakeEngine.start((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ""));
    response.setHeader("content-type", "application/json").end(JSON.stringify(containers));
  });
  const found = findKeptStack(new Dockerode({ socketPath: engine.socket }), wanted);
  return { found: await found.catch((thrown: unknown) => thrown), asked };
}

const one = container("r1", "healproof-r1-1");
const same = { ...one, Id: "another container of the same" };
const two = container("r1", "healproof-r1-2");
const byHand = container("by-hand", "healproof-by-hand");

test("the only stack that stays is the one that is meant, and none is looked for that healproof did not start to stay", async () => {
  const { found, asked } = await find([one, same]);
  expect(found).toEqual({ run: "r1", project: "healproof-r1-1" });
  expect(asked).toEqual([expect.stringContaining('["io.healproof.owner=kept","io.healproof.run"]')]);
});

test.each<[string, Wanted, string]>([
  ["its run", { run: "by-hand" }, "healproof-by-hand"],
  ["its project", { project: "healproof-r1-2" }, "healproof-r1-2"],
  ["both", { run: "r1", project: "healproof-r1-1" }, "healproof-r1-1"],
])("one of several is told by %s", async (_, wanted, project) => {
  expect((await find([one, two, byHand], wanted)).found).toMatchObject({ project });
});

test("where several may be meant all are told, and none is taken", async () => {
  for (const wanted of [{}, { run: "r1" }])
    expect((await find([one, two, byHand], wanted)).found).toMatchObject({
      code: "which-stack",
      exitCode: 64,
      facts: { "there are": expect.stringContaining("--run r1 --project healproof-r1-2") },
    });
});

test("where none is meant that is told, with those there are", async () => {
  expect((await find([])).found).toMatchObject({ code: "no-stack", exitCode: 64, facts: { "there are": "none" } });
  expect((await find([one], { run: "r2" })).found).toMatchObject({
    message: "no stack of the run r2 is up that healproof started to stay",
    facts: { "there are": "--run r1 --project healproof-r1-1" },
  });
  expect((await find([one], { run: "r1", project: "other" })).found).toMatchObject({ code: "no-stack" });
});

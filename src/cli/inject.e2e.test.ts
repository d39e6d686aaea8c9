import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { execOnHost } from "../fault/exec-on-host.ts";
import { connectEngine } from "../stack/engine.ts";
import { label } from "../stack/labels.ts";
import { rememberStack } from "../stack/stack-file.ts";
import { undoOf, writeUndo } from "../undo.ts";
import { Healproof, leftOf, runIdIn, smallStack } from "./testing/healproof.ts";

/** Breaking by hand what `run --keep` left running. One stack for all, each test leaves it whole. */

let healproof: Healproof;
let run: string;

beforeAll(async () => {
  healproof = new Healproof();
  const scenario = smallStack(
    healproof.folder,
    `name: api-crash
claim: The restart policy has a crashed API back
stack: { compose: ./compose.yaml }
fault: { crash: { service: api } }
recovery: { within: 20s, healedBy: restart-policy, stableFor: 500ms, when: [{ probe: "http://api:8080/" }] }
uncontrolled: this scenario is only there to leave its stack
`,
  );
  const kept = await healproof.run(["run", scenario, "--keep", "--out", join(healproof.folder, "reports")]);
  run = runIdIn(kept.err);
}, 120_000);

afterAll(async () => {
  if (run !== undefined) {
    const { code, err } = await healproof.run(["down", run]);
    expect(code, err).toBe(0);
    expect(await leftOf(run)).toEqual([]);
    expect(remembered()).toEqual([]);
  }
  healproof[Symbol.dispose]();
}, 120_000);

const stacks = () => join(healproof.folder, "state", "healproof", "stacks");
const remembered = () => readdirSync(stacks());

const inject = (...args: readonly string[]) => healproof.run(["inject", ...args, "--run", run]);
const start = (...args: readonly string[]) => healproof.start(["inject", ...args, "--run", run]);

/** The API's container, as the engine knows it. */
async function api() {
  const { docker } = await connectEngine();
  const filters = JSON.stringify({ label: [`${label.run}=${run}`, "com.docker.compose.service=api"] });
  const [found, ...others] = await docker.listContainers({ all: true, filters });
  if (!found || others.length > 0) throw new Error(`one container of api, not ${others.length}`);
  return docker.getContainer(found.Id).inspect();
}

/** Whether anything in the stack's network can ask it. */
async function answers(): Promise<boolean> {
  const { docker } = await connectEngine();
  const exec = await docker.getContainer((await api()).Id).exec({
    Cmd: ["node", "-e", "fetch('http://api:8080', { signal: AbortSignal.timeout(500) }).catch(() => process.exit(1))"],
    AttachStdout: true,
  });
  const stream = await exec.start({});
  await new Promise((ended) => stream.resume().once("end", ended));
  return (await exec.inspect()).ExitCode === 0;
}

test("a fault bites, is put back when its time is over, and all of it is told to programs", async () => {
  const { code, out, err } = await inject("hang", "--param", "service=api", "--for", "1s", "--json");
  expect(code, err).toBe(0);
  const told = JSON.parse(out);
  expect(told).toMatchObject({ fault: "hang", what: "hang of api", run, outcome: "undone" });
  const at = (stage: string) => told.happenings.find((it: { stage: string }) => it.stage === stage);
  expect(at("announced").to).toBeLessThanOrEqual(at("injected").from);
  expect(at("bitten").to).toBeGreaterThanOrEqual(at("injected").from);
  expect(at("lifted").from - at("bitten").to).toBeGreaterThan(700);
  expect(at("lifted").detail).toContain("continued");
  expect(await answers()).toBe(true);
  expect(healproof.undoEntries()).toEqual([]);
});

test("without a time it lasts until Ctrl-C, which puts it back", async () => {
  const broken = start("hang", "--param", "service=api");
  await broken.until(/until Ctrl-C/);
  expect(await answers()).toBe(false);
  expect(healproof.undoEntries()).toHaveLength(1);
  broken.kill("SIGINT");
  const { code, out, err } = await broken.ended;
  expect(code, err).toBe(130);
  expect(out).toMatch(/^hang of api in healproof-.*: bitten after .*; put back after .*continued\n$/);
  expect(await answers()).toBe(true);
  expect(healproof.undoEntries()).toEqual([]);
});

test("two at a time have an undo each; killed, clean puts both back and leaves the stack", async () => {
  const [hang, exec] = [
    start("hang", "--param", "service=api"),
    start("exec", ...["service=api", ...marks].flatMap((it) => ["--param", it])),
  ];
  await Promise.all([hang.until(/until Ctrl-C/), exec.until(/until Ctrl-C/)]);
  expect(healproof.undoEntries()).toHaveLength(2);
  for (const it of [hang, exec]) it.kill("SIGKILL");
  await Promise.all([hang.ended, exec.ended]);

  const clean = await healproof.run(["clean", run]);
  expect(clean.code, clean.err).toBe(0);
  expect(clean.out).toMatch(/hang of api: .*continued/);
  expect(clean.out).toMatch(/was run in api/);
  expect(healproof.undoEntries()).toEqual([]);
  expect(await answers()).toBe(true);
  expect((await inject("exec", ...["service=api", ...isMarked].flatMap((it) => ["--param", it]))).code).toBe(2);
  expect((await healproof.run(["clean", run])).out).not.toContain("api");
});

const js = (script: string) => JSON.stringify(["node", "-e", script]);
const isThere = js("process.exit(require('fs').existsSync('/tmp/mark') ? 0 : 1)");
const mends = js("require('fs').rmSync('/tmp/mark', { force: true })");
const marks = [`run=${js("require('fs').writeFileSync('/tmp/mark', '')")}`, `witness=${isThere}`, `undo=${mends}`];
const isMarked = ["run=['true']", `witness=${isThere}`, `undo=${mends}`];

test("a fault that is not seen to bite is put back, told, and exits with 2", async () => {
  const { code, out, err } = await inject("exec", ...["service=api", ...isMarked].flatMap((it) => ["--param", it]));
  expect(code, err).toBe(2);
  expect(out).toContain("not seen to bite");
  expect(out).toContain("was run in api");
});

test("a deployment that was killed halfway is put back by clean", async () => {
  const before = (await api()).Config;
  const set = "set={ command: [node, -e, 'process.exit(3)'] }";
  const broken = start("bad-config", "--param", "service=api", "--param", set);
  await broken.until(/its undo is on disk/);
  broken.kill("SIGKILL");
  await broken.ended;
  const clean = await healproof.run(["clean", run]);
  expect(clean.code, clean.err).toBe(0);
  expect(clean.out).toContain("bad configuration of api");
  const { Config, State } = await api();
  expect([Config.Cmd, Config.Env, State.Running]).toEqual([before.Cmd, before.Env, true]);
  expect(healproof.undoEntries()).toEqual([]);
}, 120_000);

const addressOf = async () => Object.values((await api()).NetworkSettings.Networks).map((it) => it.IPAddress);
const losePower = ["device-power-loss", "--param", "device=api", "--param", "returnsAt=new-address"];

test("a device returns at another address when its time is over", async () => {
  const before = await addressOf();
  const { code, out, err } = await inject(...losePower, "--for", "1s");
  expect(code, err).toBe(0);
  expect(await addressOf()).not.toEqual(before);
  expect(out).toContain(`has power again, at ${(await addressOf())[0]}`);
  await expect.poll(answers, { timeout: 10_000 }).toBe(true);
});

test("a device that a killed healproof left without power gets it from clean, and nothing keeps its old address", async () => {
  const [before, there] = [await addressOf(), (await leftOf(run)).sort()];
  const broken = start(...losePower);
  await broken.until(/until Ctrl-C/);
  expect((await api()).State.Running).toBe(false);
  expect(await addressOf()).toEqual([]);
  broken.kill("SIGKILL");
  await broken.ended;
  const clean = await healproof.run(["clean", run]);
  expect(clean.code, clean.err).toBe(0);
  expect(clean.out).toContain("power loss of api: api has power again");
  expect(await addressOf()).not.toEqual(before);
  expect((await leftOf(run)).sort()).toEqual(there);
  expect(healproof.undoEntries()).toEqual([]);
  await expect.poll(answers, { timeout: 10_000 }).toBe(true);
});

test("what broke this machine itself is put back although its stack is gone; a try that fails says why and keeps it", async () => {
  const [broken, mendable] = [join(healproof.folder, "broken"), join(healproof.folder, "mendable")];
  writeFileSync(broken, "");
  const undo = ["sh", "-c", `test -e ${mendable} || { echo no key >&2; exit 1; }; rm ${broken}`];
  const { pid = 0 } = spawnSync(process.execPath, ["--version"]);
  writeUndo(
    {
      id: "healproof-gone-2-main-0",
      owner: `${pid}.1`,
      run: "gone-2",
      trial: "by hand",
      project: "healproof-gone-2",
      undo: undoOf(execOnHost, { folder: healproof.folder, run: ["true"], witness: ["true"], watch: ["true"], undo }),
      what: "broken key",
    },
    join(healproof.folder, "state", "healproof", "undo"),
  );
  const failed = await healproof.run(["clean", "gone-2"]);
  expect([failed.code, healproof.undoEntries()]).toEqual([70, ["healproof-gone-2-main-0.json"]]);
  expect(failed.err).toMatch(/it printed +no key/);
  writeFileSync(mendable, "");
  const { code, out, err } = await healproof.run(["clean", "gone-2"]);
  expect(code, err).toBe(0);
  expect(out).toContain("was run on this machine");
  expect([existsSync(broken), healproof.undoEntries()]).toEqual([false, []]);
});

test("clean forgets how a stack was started once it is gone, and not before", async () => {
  const [own] = remembered();
  rememberStack("healproof-gone-1", "gone", { services: {} }, stacks());
  expect(remembered()).toHaveLength(2);
  for (const [of, stay] of [
    [run, 2],
    ["gone", 1],
  ] as const) {
    const { code, err } = await healproof.run(["clean", of]);
    expect(code, err).toBe(0);
    expect(remembered()).toHaveLength(stay);
  }
  expect(remembered()).toEqual([own]);
});

test("what cannot be broken is told before anything is touched", async () => {
  const nobody = await inject("hang", "--param", "service=nobody");
  expect(nobody.code).toBe(64);
  expect(nobody.err).toContain("no container of nobody");
  const nowhere = await healproof.run(["inject", "hang", "--param", "service=api", "--run", "nowhere"]);
  expect(nowhere.code).toBe(64);
  expect(nowhere.err).toContain("no stack of the run nowhere is up");
  expect(nowhere.err).toContain(run);
  expect(healproof.undoEntries()).toEqual([]);
});

test("a stack that another user's healproof started cannot be recreated: how it was started is theirs", async () => {
  using other = new Healproof();
  const { code, err } = await other.run([
    "inject",
    "bad-config",
    "--param",
    "service=api",
    "--param",
    "set={ image: x }",
    "--run",
    run,
  ]);
  expect(code).toBe(70);
  expect(err).toContain("it is not known how the stack");
});

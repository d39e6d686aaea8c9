import { expect, test } from "vitest";
import { daemonize, labSteps } from "./lab.mjs";
import { scriptedMachine, silently } from "./scripted-machine.ts";

const tools = ["vagrant", "rsync", "zstd"];
const libvirt = ["apt-get", ...tools, "virsh", "qemu-img"];

function lab(
  facts: Parameters<typeof scriptedMachine>[0],
  answer?: Parameters<typeof scriptedMachine>[1],
  inReach = false,
) {
  const scripted = scriptedMachine(facts, answer);
  const steps = labSteps(scripted.machine, "before", async () => inReach);
  const step = (name: string) => {
    const found = steps.find((it) => it.name === `lab: ${name}`);
    if (!found) throw new Error(`no step ${name}`);
    return found;
  };
  return { ...scripted, step };
}

test.each([
  [[...tools, "VBoxManage"], undefined],
  [[...tools, "virsh", "qemu-img"], undefined],
  [["vagrant", "rsync", "virsh", "qemu-img"], "no zstd command"],
  [tools, "neither VirtualBox nor libvirt"],
  [["virsh", "qemu-img"], "no vagrant command"],
])("with %j Vagrant lacks %s", async (commands, lack) => {
  const said = await lab({ commands }).step("Vagrant").check();
  if (lack === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(lack);
});

test("a Debian gets Vagrant with libvirt", async () => {
  const { step, ran } = lab({ commands: ["apt-get"] });
  await step("Vagrant").run(silently);
  expect(ran.find((it) => it.startsWith("apt-get install"))).toMatch(/ vagrant vagrant-libvirt libvirt-daemon-system /);
});

test.each([
  [{ platform: "darwin" as const, commands: [] }, "install Vagrant, and VirtualBox"],
  [{ uid: 1000, commands: ["apt-get"] }, "sudo apt-get install vagrant vagrant-libvirt"],
])("where nothing may be installed, %j says what to install", async (facts, advice) => {
  const { step, ran } = lab(facts);
  await expect(step("Vagrant").run(silently)).rejects.toThrow(advice);
  expect(ran).toEqual([]);
});

test("VirtualBox needs no libvirt and no box of ours", async () => {
  const { step, ran } = lab({ commands: ["vagrant", "VBoxManage"] });
  expect(await step("libvirt").check()).toBeUndefined();
  expect(await step("box").check()).toBeUndefined();
  expect(ran).toEqual([]);
});

test.each([
  [[...tools, "VBoxManage"], "libvirt", "which is not there"],
  [[...tools, "VBoxManage", "virsh", "qemu-img"], "libvirt", undefined],
  [libvirt, "virtualbox", "which is not there"],
])("with %j and Vagrant told to use %s, what lacks is %s", async (commands, told, lack) => {
  const said = await lab({ commands, env: { VAGRANT_DEFAULT_PROVIDER: told } })
    .step("Vagrant")
    .check();
  if (lack === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(lack);
});

test("where Vagrant is told to use libvirt, that and its box are looked after beside VirtualBox, too", async () => {
  const env = { VAGRANT_DEFAULT_PROVIDER: "libvirt" };
  const { step } = lab({ commands: [...libvirt, "VBoxManage"], env }, () => ({ code: 1, stderr: "no connection" }));
  expect(await step("libvirt").check()).toBe("libvirt does not answer");
  expect(await step("box").check()).toBe("no public box is in reach");
});

test("VirtualBox that Vagrant is told to use is not to be had by the set-up, which says so and installs nothing", async () => {
  const { step, ran } = lab({ commands: libvirt, env: { VAGRANT_DEFAULT_PROVIDER: "virtualbox" } });
  await expect(step("Vagrant").run(silently)).rejects.toThrow("install Vagrant, and VirtualBox");
  expect(ran).toEqual([]);
});

test("a daemon that is not there is said with its name; one that runs already is none of our business", async () => {
  await expect(daemonize("healproof-no-such-daemon", process.env)).rejects.toThrow(
    "healproof-no-such-daemon did not start: spawn healproof-no-such-daemon ENOENT",
  );
  await daemonize("false", process.env);
});

test("libvirt that does not answer is started by root alone", async () => {
  const { step } = lab({ commands: libvirt, uid: 1000 }, () => ({ code: 1, stderr: "no connection" }));
  expect(await step("libvirt").check()).toBe("libvirt does not answer");
  await expect(step("libvirt").run(silently)).rejects.toThrow("sudo systemctl start libvirtd");
});

test.each([
  ["healproof-lab (libvirt, 0)\n", false, {}, undefined],
  ["debian/trixie64 (libvirt, 13.2)\n", false, {}, undefined],
  ["debian/bookworm64 (libvirt, 12.1)\n", true, {}, undefined],
  ["", false, { HEALPROOF_LAB_BOX: "of-my-own" }, undefined],
  ["debian/bookworm64 (libvirt, 12.1)\n", false, {}, "no public box is in reach"],
])("with the boxes %j, the registry in reach: %j, and %j, what lacks is %j", async (boxes, inReach, env, lack) => {
  const { step } = lab({ commands: libvirt, env }, () => boxes, inReach);
  expect(await step("box").check()).toBe(lack);
});

test("a box is built from the mirrors that this Debian uses, and added by its name", async () => {
  const targets = "Debian|Debian|http://mirror/debian/\nDebian|Debian-Security|http://mirror/security/\n";
  const { step, ran } = lab({ commands: libvirt }, (line) => (line.includes("indextargets") ? targets : ""));
  expect(await step("box").run(silently)).toBe("built from Debian's packages");
  expect(ran.find((it) => it.includes("build-box.sh"))).toMatch(
    /lab\.box trixie deb http:\/\/mirror\/debian\/ trixie main deb .* trixie-updates main deb http:\/\/mirror\/security\/ trixie-security main$/,
  );
  expect(ran.at(-1)).toMatch(/^vagrant box add --force --provider libvirt --name healproof-lab .*lab\.box$/);
});

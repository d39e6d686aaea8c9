// What the lab needs on top: Vagrant with a provider, and a box. VirtualBox is taken where it is there; else, on a Debian, libvirt.

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { must, SetUpError } from "./machine.mjs";
import { cannotInstall, debianSources, installCommands, systemPackages } from "./system-packages.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

const PURPOSE = "The lab is a virtual machine";
const PACKAGES = [
  ...["vagrant", "vagrant-libvirt", "libvirt-daemon-system", "libvirt-clients", "dnsmasq-base", "openssh-client"],
  ...["qemu-system-x86", "qemu-utils", "rsync", "zstd"],
];
/** What lab/build-box.sh takes. */
const BUILD_PACKAGES = ["mmdebstrap", "e2fsprogs", "mtools", "dosfstools", "syslinux", "syslinux-common", "fdisk"];
const OWN_BOX = "healproof-lab";
const PUBLIC_BOX = "debian/trixie64";
const BOX_REGISTRY = `https://vagrantcloud.com/${PUBLIC_BOX}`;
const BUILD_LIMIT_MS = 900_000;
const START_LIMIT_MS = 30_000;
const VIRSH = ["-c", "qemu:///system", "version"];

/** What Vagrant takes: what it is told to, else VirtualBox where that is there. @param {Machine} machine */
const provider = (machine) =>
  machine.env.VAGRANT_DEFAULT_PROVIDER || (machine.has("VBoxManage") ? "virtualbox" : "libvirt");
/** @param {Machine} machine */
const usesLibvirt = (machine) => provider(machine) === "libvirt";

/**
 * @param {Machine} machine @param {string} after the step that comes before
 * @param {(url: string) => Promise<boolean>} [inReach]
 * @returns {import("./plan.mjs").Step[]}
 */
export function labSteps(machine, after, inReach = answers) {
  const packages = systemPackages(machine);
  return [
    {
      name: "lab: Vagrant",
      needs: [after],
      check: async () => {
        if (!machine.has("vagrant")) return "there is no vagrant command";
        // Vagrant brings the project's files by the one, the Vagrantfile the images by the other.
        const tool = ["rsync", "zstd"].find((it) => !machine.has(it));
        if (tool) return `there is no ${tool} command`;
        if (usesLibvirt(machine) ? machine.has("virsh") && machine.has("qemu-img") : machine.has("VBoxManage"))
          return undefined;
        const told = machine.env.VAGRANT_DEFAULT_PROVIDER;
        return told
          ? `VAGRANT_DEFAULT_PROVIDER is ${told}, which is not there`
          : "Vagrant has nothing to run a machine with: neither VirtualBox nor libvirt";
      },
      commands: () => advice(machine),
      async run() {
        const why = usesLibvirt(machine) ? cannotInstall(machine) : "only libvirt is installed by the set-up";
        if (why) throw new SetUpError([why, ...advice(machine)].join("\n"));
        await packages.install(PACKAGES, PURPOSE);
        return "installed, with libvirt";
      },
    },
    {
      name: "lab: libvirt",
      needs: ["lab: Vagrant"],
      async check() {
        if (!usesLibvirt(machine)) return undefined;
        const { code } = await machine.run("virsh", VIRSH, { timeoutMs: 20_000 });
        return code === 0 ? undefined : "libvirt does not answer";
      },
      commands: () => ["systemctl start libvirtd"],
      async run(tell) {
        if (machine.uid !== 0) throw new SetUpError("libvirt does not answer: sudo systemctl start libvirtd");
        tell("starting it");
        if (existsSync("/run/systemd/system"))
          await must(machine, "systemctl", ["start", "libvirtd"], { timeoutMs: 90_000 });
        else await startByHand(machine);
        await untilItAnswers(machine);
        return "started";
      },
    },
    {
      name: "lab: box",
      needs: ["lab: libvirt"],
      async check() {
        if (machine.env.HEALPROOF_LAB_BOX || !usesLibvirt(machine)) return undefined;
        const { stdout } = await machine.run("vagrant", ["box", "list"], { timeoutMs: 60_000 });
        if (new RegExp(`^(${OWN_BOX}|${PUBLIC_BOX})\\s+\\(libvirt\\b`, "m").test(stdout)) return undefined;
        // Then Vagrant fetches it by itself.
        return (await inReach(BOX_REGISTRY)) ? undefined : "no public box is in reach";
      },
      commands: () => ["lab/build-box.sh, as docs/lab.md says; or HEALPROOF_LAB_BOX=<a box of Debian 13>"],
      async run(tell) {
        const why = cannotInstall(machine);
        if (why) throw new SetUpError(`no public box is in reach, and none can be built here: ${why}`);
        await packages.install(BUILD_PACKAGES, PURPOSE);
        tell("building it from Debian's packages");
        const folder = mkdtempSync(join(tmpdir(), "healproof-box-"));
        try {
          const box = join(folder, "lab.box");
          const sources = debianSources("trixie", await packages.debianMirrors());
          const script = join(machine.root, "lab/build-box.sh");
          await must(machine, script, [box, "trixie", ...sources], { timeoutMs: BUILD_LIMIT_MS });
          const add = ["box", "add", "--force", "--provider", "libvirt", "--name", OWN_BOX, box];
          await must(machine, "vagrant", add, { timeoutMs: 120_000 });
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
        return "built from Debian's packages";
      },
    },
  ];
}

/** @param {Machine} machine */
const advice = (machine) =>
  machine.platform === "linux" && machine.has("apt-get") && usesLibvirt(machine)
    ? installCommands(machine, PACKAGES)
    : ["install Vagrant, and VirtualBox or libvirt with vagrant-libvirt; and rsync and zstd"];

/** Where no service manager runs. @param {Machine} machine */
async function startByHand(machine) {
  const settings = "/etc/libvirt/qemu.conf";
  // Its own user cannot be had here; and its search for what that user may do takes a minute.
  if (!/^user = "root"/m.test(readFileSync(settings, "utf8")))
    appendFileSync(settings, '\n# healproof: no service manager runs here.\nuser = "root"\ngroup = "root"\n');
  mkdirSync("/run/libvirt", { recursive: true });
  for (const daemon of ["virtlogd", "libvirtd"]) await daemonize(daemon, machine.env);
}

/**
 * Starts a daemon, which goes on by itself once it has started; or ends at once, where there is one already. (Not as any other command:
 * it may keep our output open for good.)
 * @param {string} daemon @param {Machine["env"]} env @returns {Promise<void>}
 */
export function daemonize(daemon, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(daemon, ["--daemon"], { detached: true, stdio: "ignore", env, timeout: START_LIMIT_MS });
    child.once("error", (error) => reject(new SetUpError(`${daemon} did not start: ${error.message}`)));
    child.once("exit", () => resolve());
  });
}

/** @param {Machine} machine */
async function untilItAnswers(machine) {
  const limit = performance.now() + START_LIMIT_MS;
  for (;;) {
    const { code, stderr } = await machine.run("virsh", VIRSH, { timeoutMs: 20_000 });
    if (code === 0) return;
    if (performance.now() > limit)
      throw new SetUpError(`libvirt did not answer within ${START_LIMIT_MS / 1000} s: ${stderr.trim()}`);
    await pause(200);
  }
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(10_000) })).ok;
  } catch {
    return false;
  }
}

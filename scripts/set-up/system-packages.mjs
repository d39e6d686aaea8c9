// System packages: Debian's and its relatives' apt, as root, with a yes from whoever sits at the terminal.

import { must, SetUpError } from "./machine.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */

const APT_LIMIT_MS = 240_000;
// Another apt at work (unattended upgrades) is waited for.
const APT = ["-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2"];

/** Why this machine cannot be helped with system packages, or undefined when it can. @param {Machine} machine */
export function cannotInstall(machine) {
  if (machine.platform === "darwin") return "on macOS the set-up installs no system software";
  if (machine.platform !== "linux") return `on ${machine.platform} the set-up installs no system software`;
  if (!machine.has("apt-get")) return "this machine has no apt-get, the only package manager that the set-up knows";
  if (machine.uid !== 0) return "installing system packages takes root";
  return undefined;
}

/** What a person puts before a command that takes root. @param {Machine} machine */
export const asRoot = (machine) => (machine.uid === 0 ? "" : "sudo ");

/** @param {Machine} machine @param {readonly string[]} packages */
export function installCommands(machine, packages) {
  const sudo = asRoot(machine);
  return [`${sudo}apt-get update`, ...(packages.length > 0 ? [`${sudo}apt-get install ${packages.join(" ")}`] : [])];
}

/** One machine's apt: one at a time, its lists fetched once. @param {Machine} machine */
export function systemPackages(machine) {
  /** @type {Promise<unknown> | undefined} */
  let lists;
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();

  /** @type {Set<string>} */
  const allowed = new Set();

  /** Fetches the lists of packages, once. Only root may; for anybody else they stay as they are. */
  async function update() {
    if (machine.uid !== 0) return;
    if (machine.isTerminal && allowed.size === 0) throw new Error("apt is used before a yes");
    lists ??= fetchLists();
    await lists;
  }

  async function fetchLists() {
    machine.say("set-up: system packages: apt-get update");
    await must(machine, "apt-get", ["update", "-q"], { timeoutMs: APT_LIMIT_MS });
  }

  /** Asks for a purpose once, where a person can be asked. @param {string} purpose @param {string} what @param {readonly string[]} packages */
  async function consent(purpose, what, packages) {
    if (!machine.isTerminal || allowed.has(purpose)) return;
    if (!(await machine.ask(`${purpose}: ${what}?`)))
      throw new SetUpError(
        `not installed, as you said. The commands are:\n${installCommands(machine, packages).join("\n")}`,
      );
    allowed.add(purpose);
  }

  /** @param {readonly string[]} packages @param {string} purpose */
  async function install(packages, purpose) {
    const why = cannotInstall(machine);
    if (why) throw new SetUpError(why);
    await consent(purpose, `install the system packages ${packages.join(", ")}`, packages);
    await update();
    machine.say(`set-up: system packages: installing ${packages.join(", ")}`);
    await must(machine, "apt-get", ["install", "--no-install-recommends", ...APT, ...packages], {
      timeoutMs: APT_LIMIT_MS,
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  }

  return {
    /**
     * Asks, where a person can be asked, before apt is used at all: to find out what to install fetches its lists already.
     * @param {readonly string[]} packages the likely ones; none where only the lists are needed @param {string} purpose
     */
    async allow(packages, purpose) {
      const names = packages.join(", ");
      const asRoot = names ? `apt-get update, and install ${names} or what stands for it` : "apt-get update";
      const what = machine.uid === 0 ? asRoot : `put ${names}, out of Debian's package, into your own folder`;
      await consent(purpose, what, packages);
    },
    /**
     * Installs packages, after a yes where a person can be asked.
     * @param {readonly string[]} packages @param {string} purpose @returns {Promise<void>}
     */
    install(packages, purpose) {
      const turn = last.then(() => install(packages, purpose));
      last = turn.catch(() => {});
      return turn;
    },
    /** The version that apt would install, without its epoch; undefined when it knows none. @param {string} name */
    async candidate(name) {
      await update();
      const { stdout } = await machine.run("apt-cache", ["policy", name], { timeoutMs: 20_000 });
      const version = /Candidate: (?:\d+:)?(\S+)/.exec(stdout)?.[1];
      return version === "(none)" ? undefined : version;
    },
    /** Where this machine gets Debian from, main archive and security updates; empty when it is not a Debian. */
    async debianMirrors() {
      await update();
      const { stdout } = await machine.run(
        "apt-get",
        ["indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"],
        { timeoutMs: 20_000 },
      );
      return mirrorsIn(stdout);
    },
  };
}

/** @typedef {ReturnType<typeof systemPackages>} SystemPackages */

/** @param {string} targets lines of "origin|label|address" @returns {{ main?: string, security?: string }} */
export function mirrorsIn(targets) {
  /** @type {{ main?: string, security?: string }} */
  const mirrors = {};
  for (const line of targets.split("\n")) {
    const [origin, label, uri] = line.trim().split("|");
    if (origin !== "Debian" || !uri) continue;
    if (label === "Debian") mirrors.main ??= uri;
    if (label === "Debian-Security") mirrors.security ??= uri;
  }
  return mirrors;
}

/**
 * The lines of an apt source for a release of Debian from the machine's own mirrors; none when it has no Debian mirror.
 * @param {"bookworm" | "trixie"} release @param {{ main?: string, security?: string }} mirrors
 */
export function debianSources(release, { main, security }) {
  return [
    ...(main ? [`deb ${main} ${release} main`, `deb ${main} ${release}-updates main`] : []),
    ...(main && security ? [`deb ${security} ${release}-security main`] : []),
  ];
}

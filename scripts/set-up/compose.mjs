// Docker Compose v2: the one that is there, else the distribution's, else Debian 13's plugin for this user alone.

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must, SetUpError } from "./machine.mjs";
import { asRoot, cannotInstall, debianSources } from "./system-packages.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {import("./system-packages.mjs").SystemPackages} SystemPackages */

const PACKAGES = ["docker-compose-plugin", "docker-compose-v2", "docker-compose"];
const LIMIT_MS = 120_000;

/** @param {Machine} machine @param {SystemPackages} packages @returns {import("./plan.mjs").Step} */
export function compose(machine, packages) {
  return {
    name: "docker compose",
    needs: ["docker engine"],
    async check() {
      const { code, stdout } = await machine.run("docker", ["compose", "version", "--short"], { timeoutMs: 15_000 });
      return code === 0 && major(stdout) >= 2 ? undefined : "there is no docker compose, version 2 or later";
    },
    commands: () => composeAdvice(machine),
    async run(tell) {
      if (!machine.has("apt-get")) throw new SetUpError(composeAdvice(machine).join("\n"));
      await packages.allow(["docker-compose"], "No Docker Compose");
      const name = cannotInstall(machine) ? undefined : await packageWithCompose(packages);
      if (name) {
        await packages.install([name], "No Docker Compose");
        return `installed (${name})`;
      }
      return await installPlugin(machine, packages, tell);
    },
  };
}

/** @param {Machine} machine */
export function composeAdvice(machine) {
  if (machine.platform !== "linux") return ["install Docker Compose version 2 (Docker Desktop carries it)"];
  if (!machine.has("apt-get"))
    return ["install the Docker Compose plugin, version 2 or later, with your distribution's package manager"];
  const install = `${asRoot(machine)}apt-get install`;
  return [
    `${install} docker-compose          (Debian 13 or later)`,
    `${install} docker-compose-v2       (Ubuntu)`,
    `${install} docker-compose-plugin   (where Docker's own packages are set up)`,
  ];
}

/** @param {SystemPackages} packages */
export async function packageWithCompose(packages) {
  for (const name of PACKAGES) {
    const version = await packages.candidate(name);
    if (version && major(version) >= 2) return name;
  }
  return undefined;
}

/**
 * Debian 12 has no Compose v2, and Debian 13's runs on it: it needs no more than libc 2.34. It is taken out of its
 * package, with apt settings of its own, so that the machine's package sources stay as they are.
 * @param {Machine} machine @param {SystemPackages} packages @param {(doing: string) => void} tell
 */
async function installPlugin(machine, packages, tell) {
  const sources = debianSources("trixie", await packages.debianMirrors());
  if (sources.length === 0) throw new SetUpError(composeAdvice(machine).join("\n"));
  tell("putting Debian 13's plugin into ~/.docker/cli-plugins");
  const folder = mkdtempSync(join(tmpdir(), "healproof-compose-"));
  try {
    for (const name of ["sources", "lists/partial", "files"]) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, "sources/trixie.list"), `${sources.join("\n")}\n`);
    const apt = [
      ...["-o", "Dir::Etc::SourceList=/dev/null", "-o", `Dir::Etc::SourceParts=${folder}/sources`],
      ...["-o", `Dir::State::Lists=${folder}/lists`, "-o", "APT::Sandbox::User=root", "-q"],
      ...["-o", `Dir::Cache::pkgcache=${folder}/pkgcache`, "-o", `Dir::Cache::srcpkgcache=${folder}/srcpkgcache`],
    ];
    await must(machine, "apt-get", [...apt, "update"], { timeoutMs: LIMIT_MS });
    await must(machine, "apt-get", [...apt, "download", "docker-compose"], { timeoutMs: LIMIT_MS, cwd: folder });
    const file = readdirSync(folder).find((name) => name.endsWith(".deb"));
    if (!file) throw new SetUpError("apt-get download docker-compose brought no package");
    await must(machine, "dpkg", ["-x", join(folder, file), join(folder, "files")], { timeoutMs: LIMIT_MS });
    const plugins = join(machine.home, ".docker/cli-plugins");
    mkdirSync(plugins, { recursive: true });
    copyFileSync(join(folder, "files/usr/libexec/docker/cli-plugins/docker-compose"), join(plugins, "docker-compose"));
    chmodSync(join(plugins, "docker-compose"), 0o755);
    return "Debian 13's plugin put into ~/.docker/cli-plugins";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} version */
const major = (version) => Number.parseInt(version.trim().replace(/^v/, ""), 10) || 0;

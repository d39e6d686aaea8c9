// Stand-ins for official images, built from Debian packages and the Go and npm registries where no image registry is
// in reach; a Debian is bootstrapped as their base is. They carry names of their own and are labelled with what they stand in for.

import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "./content.mjs";
import { CHECKOUT_LABEL } from "./local-images.mjs";
import { must, SetUpError } from "./machine.mjs";
import { cannotInstall, debianSources } from "./system-packages.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {import("./images.mjs").ImageEntry} ImageEntry */

const BUILD_LIMIT_MS = 600_000;
const PREFIX = "healproof-standin";
/** Names what it stands in for; empty on what is only built upon one. */
export const STAND_IN_LABEL = "io.healproof.stand-in-for";
const STAGE_LABEL = "io.healproof.build-stage";
/** Variables that a build behind a proxy needs; Docker hands the first ones on to every RUN by itself. */
const BUILD_VARIABLES = [
  ...["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
  ...["GOPROXY", "GOSUMDB", "GONOSUMDB"],
];

/**
 * @param {Machine} machine
 * @param {{ packages: import("./system-packages.mjs").SystemPackages, images: import("./local-images.mjs").LocalImages }} parts
 */
export function standIns(machine, { packages, images }) {
  const folder = join(machine.root, "fixtures/images");
  const base = `${PREFIX}/base:${contentHash({ folders: [join(folder, "base")] })}`;
  const ownLabel = `${CHECKOUT_LABEL}=${machine.root}`;
  /** @type {Promise<void> | undefined} */
  let baseReady;
  /** @type {Promise<{ main?: string, security?: string }> | undefined} */
  let mirrorsReady;

  /** Gets what a bootstrap takes. Once, because a person may be asked. */
  async function mirrors() {
    const purpose = "No image registry, images must be built";
    if (machine.has("mmdebstrap")) {
      if (machine.uid === 0) await packages.allow([], purpose);
    } else await packages.install(["mmdebstrap"], purpose);
    return await packages.debianMirrors();
  }

  /**
   * Makes an image of the root file system that a script writes.
   * @param {string} reference @param {readonly string[]} labels
   * @param {(mirrors: { main?: string, security?: string }) => [script: string, ...args: string[]]} command
   */
  async function bootstrap(reference, labels, command) {
    mirrorsReady ??= mirrors();
    const [script, ...args] = command(await mirrorsReady);
    // A failure of the first half still leaves an image of what had come through: it gets its name only afterwards.
    const unfinished = `${reference.slice(0, reference.lastIndexOf(":"))}:unfinished`;
    const changes = labels.map((label) => `--change 'LABEL ${label}'`).join(" ");
    await must(machine, script, args, {
      timeoutMs: BUILD_LIMIT_MS,
      pipeTo: `docker import ${changes} - ${unfinished}`,
    });
    await must(machine, "docker", ["tag", unfinished, reference], { timeoutMs: 20_000 });
    await must(machine, "docker", ["rmi", unfinished], { timeoutMs: 20_000 });
  }

  async function buildBase() {
    if (await images.idOf(base)) return;
    const began = performance.now();
    const script = join(folder, "base/bootstrap.sh");
    await bootstrap(base, [ownLabel], (from) => [script, "trixie", ...debianSources("trixie", from)]);
    await images.added(base);
    machine.say(`set-up: base of the stand-ins: built (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  }

  return {
    base,
    /** Name of an image's stand-in, with the hash of all that goes into it. @param {ImageEntry} entry */
    reference({ standIn, official }) {
      const words = [base, official, ...(standIn === "node" ? [nodeVersion(machine)] : [])];
      return `${PREFIX}/${standIn}:${contentHash({ folders: [join(folder, standIn)], words })}`;
    },
    /** Whether this machine has, or can get, what a stand-in is built with. */
    canBuild: () => machine.platform === "linux" && (machine.has("mmdebstrap") || !cannotInstall(machine)),
    /** @param {ImageEntry} entry */
    async build(entry) {
      const labels = [`${STAND_IN_LABEL}=${entry.official}`, ownLabel];
      const script = join(folder, entry.standIn, "bootstrap.sh");
      if (existsSync(script)) {
        await bootstrap(this.reference(entry), labels, (from) => [script, ...debianSources("bookworm", from)]);
        return;
      }
      baseReady ??= buildBase();
      await baseReady;
      const context = mkdtempSync(join(tmpdir(), "healproof-build-"));
      try {
        cpSync(join(folder, entry.standIn), context, { recursive: true });
        addToContext(machine, entry.standIn, context);
        await must(
          machine,
          "docker",
          [
            ...["build", "--quiet", "--force-rm", "--tag", this.reference(entry), "--build-arg", `BASE_IMAGE=${base}`],
            ...labels.flatMap((label) => ["--label", label]),
            ...BUILD_VARIABLES.filter((name) => machine.env[name]).flatMap((name) => ["--build-arg", name]),
            context,
          ],
          { timeoutMs: BUILD_LIMIT_MS },
        );
      } finally {
        rmSync(context, { recursive: true, force: true });
      }
      // A compiler's stage is large, and holds the certificates of this machine.
      const stage = `label=${STAGE_LABEL}=${entry.standIn}`;
      await machine.run("docker", ["image", "prune", "--force", "--filter", stage], { timeoutMs: 60_000 });
    },
  };
}

/** @typedef {ReturnType<typeof standIns>} StandIns */

/** What only this machine can give. @param {Machine} machine @param {string} standIn @param {string} context */
function addToContext(machine, standIn, context) {
  if (standIn === "node") {
    mkdirSync(join(context, "bin"));
    copyFileSync(join(machine.root, "node_modules", nodePackage(machine), "bin/node"), join(context, "bin/node"));
  }
  if (standIn === "toxiproxy") copyFileSync(certificates(machine), join(context, "ca-certificates.crt"));
}

/** The certificates that this machine trusts. @param {Machine} machine */
function certificates({ env }) {
  const known = [env.SSL_CERT_FILE, "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
  const file = known.find((path) => path && existsSync(path));
  if (!file) throw new SetUpError("no certificates of authorities found: apt-get install ca-certificates");
  return file;
}

/** @param {Machine} machine */
const nodePackage = ({ arch }) => `node-linux-${arch}`;

/** The version of the Node that npm brings, as the lockfile has it. @param {Machine} machine @returns {string} */
function nodeVersion(machine) {
  const lock = JSON.parse(readFileSync(join(machine.root, "package-lock.json"), "utf8"));
  return lock.packages[`node_modules/${nodePackage(machine)}`]?.version ?? "none";
}

// Stand-ins for official images, built from Debian packages and the Go and npm registries where no image registry is
// in reach. They carry names of their own and are labelled with what they stand in for.

import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "./content.mjs";
import { CHECKOUT_LABEL } from "./local-images.mjs";
import { must, SetUpError } from "./machine.mjs";
import { cannotInstall, trixieSources } from "./system-packages.mjs";

/** @typedef {import("./machine.mjs").Machine} Machine */
/** @typedef {import("./images.mjs").ImageEntry} ImageEntry */

const BUILD_LIMIT_MS = 600_000;
const PREFIX = "healproof-standin";
const STAND_IN_LABEL = "io.healproof.stand-in-for";
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
  /** @type {Promise<void> | undefined} */
  let baseReady;

  async function buildBase() {
    if (await images.idOf(base)) return;
    const from = performance.now();
    const purpose = "No image registry, images must be built";
    if (machine.has("mmdebstrap")) {
      if (machine.uid === 0) await packages.allow([], purpose);
    } else await packages.install(["mmdebstrap"], purpose);
    // A failure of the first half still leaves an image of what had come through: it gets its name only afterwards.
    const unfinished = `${PREFIX}/base:unfinished`;
    const label = `LABEL ${CHECKOUT_LABEL}=${machine.root}`;
    await must(machine, join(folder, "base/bootstrap.sh"), trixieSources(await packages.debianMirrors()), {
      timeoutMs: BUILD_LIMIT_MS,
      pipeTo: `docker import --change '${label}' - ${unfinished}`,
    });
    await must(machine, "docker", ["tag", unfinished, base], { timeoutMs: 20_000 });
    await must(machine, "docker", ["rmi", unfinished], { timeoutMs: 20_000 });
    await images.added(base);
    machine.say(`set-up: base of the stand-ins: built (${((performance.now() - from) / 1000).toFixed(1)} s)`);
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
            ...["--label", `${STAND_IN_LABEL}=${entry.official}`, "--label", `${CHECKOUT_LABEL}=${machine.root}`],
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

import { imagesOf } from "./doctor-images.ts";
import { KnownError, messageOf } from "./errors.ts";
import { builtInFaults } from "./fault/registry.ts";
import { compose } from "./stack/compose.ts";
import { connectEngine, type Engine } from "./stack/engine.ts";
import { knownBugs } from "./stack/engine-bugs.ts";
import { ensureHelperImage, helperHasNft } from "./stack/helper-image.ts";

/** One thing that healproof needs of this machine. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How to get it, where it lacks. */
  readonly remedy?: string;
}

/** Looks at this machine; changes nothing, unless `fix` asks to build the helper image. */
export async function examine(composeFiles: readonly string[], options: { fix: boolean }): Promise<Finding[]> {
  // An older one cannot even read this.
  const findings: Finding[] = [{ what: "Node", ok: true, detail: process.versions.node }];
  let engine: Engine;
  try {
    engine = await connectEngine();
    const detail = [engine.version, `${engine.cpus} CPUs`, ...knownBugs(engine.version)].join(", ");
    findings.push({ what: "container engine", ok: true, detail });
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown.cause : undefined;
    const hangs = cause instanceof KnownError && cause.code === "engine-silent";
    return [
      ...findings,
      {
        what: "container engine",
        ok: false,
        detail: cause ? `${messageOf(thrown)}: ${messageOf(cause)}` : messageOf(thrown),
        remedy: hangs
          ? "restart it (systemctl restart docker; Docker Desktop: Restart): it may have locked up, as those before 20.10.27 do at times"
          : "start or install one (Debian: apt-get install docker.io; macOS: Docker Desktop or Colima), or npm run setup",
      },
      await composePlugin(),
    ];
  }
  const [composeFinding, helper, ...images] = await Promise.all([
    composePlugin(),
    helperImage(engine, options.fix),
    ...composeFiles.map((file) => imagesOf(engine, file)),
  ]);
  return [...findings, composeFinding, helper, ...images.flat()];
}

async function composePlugin(): Promise<Finding> {
  try {
    const version = await compose(["version", "--short"]);
    return { what: "Docker Compose", ok: true, detail: version.trim() };
  } catch (thrown) {
    const remedy = "install the Compose plugin (Debian 13: apt-get install docker-compose), or npm run setup";
    return { what: "Docker Compose", ok: false, detail: messageOf(thrown), remedy };
  }
}

async function helperImage({ docker }: Engine, fix: boolean): Promise<Finding> {
  const what = "helper image";
  try {
    const reference = await ensureHelperImage(docker, { build: fix });
    const kinds = builtInFaults.filter((it) => it.needs.includes("nft")).map((it) => it.kind);
    const without = `${reference}, without nft: refused are ${kinds.join(", ")}`;
    return { what, ok: true, detail: (await helperHasNft(docker, reference)) ? reference : without };
  } catch (thrown) {
    return { what, ok: false, detail: messageOf(thrown), remedy: "healproof doctor --fix" };
  }
}

import { imagesOf } from "./doctor-images.ts";
import { messageOf } from "./errors.ts";
import { compose } from "./stack/compose.ts";
import { connectEngine, type Engine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";

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
  const findings = [node()];
  let engine: Engine;
  try {
    engine = await connectEngine();
    findings.push({ what: "container engine", ok: true, detail: `${engine.version}, ${engine.cpus} CPUs` });
  } catch (thrown) {
    return [
      ...findings,
      {
        what: "container engine",
        ok: false,
        detail:
          thrown instanceof Error && thrown.cause ? `${thrown.message}: ${messageOf(thrown.cause)}` : messageOf(thrown),
        remedy:
          "start or install one (Debian: apt-get install docker.io; macOS: Docker Desktop or Colima), or npm run setup",
      },
    ];
  }
  const [composeFinding, helper, ...images] = await Promise.all([
    composePlugin(),
    helperImage(engine, options.fix),
    ...composeFiles.map((file) => imagesOf(engine, file)),
  ]);
  return [...findings, composeFinding, helper, ...images.flat()];
}

function node(): Finding {
  const major = Number(process.versions.node.split(".")[0]);
  const ok = major >= 24;
  return { what: "Node", ok, detail: process.versions.node, ...(ok ? {} : { remedy: "install Node 24 or later" }) };
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
    return { what, ok: true, detail: reference };
  } catch (thrown) {
    return { what, ok: false, detail: messageOf(thrown), remedy: "healproof doctor --fix" };
  }
}

import { existsSync } from "node:fs";
import { KnownError, messageOf } from "./errors.ts";
import { answered } from "./limit.ts";
import { compose } from "./stack/compose.ts";
import { type ComposeModel, readComposeModel } from "./stack/compose-file.ts";
import { connectEngine, type Engine } from "./stack/engine.ts";
import { ensureHelperImage } from "./stack/helper-image.ts";
import { statusOf } from "./stack/remove.ts";

/** One thing that healproof needs of this machine. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How to get it, where it lacks. */
  readonly remedy?: string;
}

/** The label of an image that was built because no registry had the official one: its value names the official one. */
const standInFor = "io.healproof.stand-in-for";

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

/** For each image of a stack: the official one, a stand-in, or lacking. */
async function imagesOf({ docker }: Engine, file: string): Promise<Finding[]> {
  if (!existsSync(file)) return [{ what: file, ok: false, detail: "there is no such Compose file" }];
  let model: ComposeModel;
  try {
    model = await readComposeModel(file);
  } catch (thrown) {
    // Without Compose no file can be read, and saying so is what we are here for.
    return [{ what: file, ok: false, detail: String(thrown instanceof KnownError ? thrown : messageOf(thrown)) }];
  }
  return Promise.all(
    Object.entries(model.services).map(async ([service, { image, build }]): Promise<Finding> => {
      const what = `image of ${service}`;
      if (image === undefined) return { what, ok: true, detail: "built by Compose" };
      try {
        const { Config } = await answered(`for the image ${image}`, docker.getImage(image).inspect());
        // An image built upon a stand-in inherits its label; only the stand-in itself is one.
        const official = build ? undefined : Config.Labels?.[standInFor];
        return { what, ok: true, detail: official ? `${image}, a stand-in for ${official}` : image };
      } catch (thrown) {
        if (statusOf(thrown) !== 404) return { what, ok: false, detail: messageOf(thrown) };
        const remedy = build ? "docker compose build" : `docker pull ${image}, or npm run setup`;
        return { what, ok: false, detail: `${image} is not on this machine`, remedy };
      }
    }),
  );
}

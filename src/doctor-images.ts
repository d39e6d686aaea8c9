import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import type { Finding } from "./doctor.ts";
import { KnownError, messageOf } from "./errors.ts";
import { answered } from "./limit.ts";
import { type ComposeModel, readComposeModel } from "./stack/compose-file.ts";
import type { Engine } from "./stack/engine.ts";
import { statusOf } from "./stack/remove.ts";

/** The label of an image that was built because no registry had the official one: its value names the official one. */
const standInFor = "io.healproof.stand-in-for";

/**
 * For each image that a stack takes, of its services and of what they are built on: the official one, a stand-in, one that the
 * environment names, left out, or lacking.
 */
export async function imagesOf(engine: Engine, file: string): Promise<Finding[]> {
  if (!existsSync(file)) return [{ what: file, ok: false, detail: "there is no such Compose file" }];
  let models: readonly [active: ComposeModel, all: ComposeModel];
  try {
    models = await Promise.all([readComposeModel(file), readComposeModel(file, {}, "all")]);
  } catch (thrown) {
    // Without Compose no file can be read, and saying so is what we are here for.
    return [{ what: file, ok: false, detail: String(thrown instanceof KnownError ? thrown : messageOf(thrown)) }];
  }
  const [active, all] = models;
  const variables = imageVariables(file);
  const taken = new Set(Object.values(all.services).map(({ image }) => image));
  return Promise.all([
    ...Object.entries(all.services).map(async ([service, it]) => {
      const finding = await imageOf(engine, service, it, variables);
      return service in active.services ? finding : leftOut(finding, it);
    }),
    // Those are what others are built on.
    ...Object.entries(variables)
      .filter(([, image]) => !taken.has(image))
      .map(([variable, image]) => imageOf(engine, variable, { image }, variables)),
  ]);
}

type Service = ComposeModel["services"][string];

/** What the `.env` beside a Compose file says of images, as the environment overrides it. */
function imageVariables(file: string): Readonly<Record<string, string>> {
  const beside = join(dirname(file), ".env");
  const given = existsSync(beside) ? parseEnv(readFileSync(beside, "utf8")) : {};
  const variables = Object.entries(given).map(([name, value]) => [name, process.env[name] || value || ""]);
  return Object.fromEntries(variables.filter(([name, value]) => name?.endsWith("_IMAGE") && value));
}

async function imageOf(
  engine: Engine,
  name: string,
  { image, build }: Service,
  variables: Readonly<Record<string, string>>,
): Promise<Finding> {
  const what = `image of ${name}`;
  if (image === undefined) return { what, ok: true, detail: "built by Compose" };
  try {
    const labels = await labelsOf(engine, image);
    if (labels) {
      const named = Object.keys(variables).find((it) => variables[it] === image && process.env[it] === image);
      // An image built upon a stand-in inherits its label; only the stand-in itself is one.
      const official = build ? undefined : labels[standInFor];
      const from = `${named ? `, as ${named} says` : ""}${official ? `, a stand-in for ${official}` : ""}`;
      return { what, ok: true, detail: `${image}${from}` };
    }
  } catch (thrown) {
    return { what, ok: false, detail: messageOf(thrown) };
  }
  const remedy = build ? "docker compose build" : `docker pull ${image}, or npm run setup`;
  return { what, ok: false, detail: `${image} is not on this machine`, remedy };
}

/** A service of a profile that is not active: the stack does without it, whether its image is there or not. */
function leftOut({ what, ok, detail }: Finding, { profiles = [] }: Service): Finding {
  const why = `left out: the profile ${profiles.join(", ")} is not active`;
  return { what, ok: true, detail: ok ? why : `${why}, and ${detail}` };
}

/** The labels of an image; undefined where the engine has no such image. */
async function labelsOf({ docker }: Engine, image: string): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { Config } = await answered(`for the image ${image}`, docker.getImage(image).inspect());
    return Config.Labels ?? {};
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  }
}

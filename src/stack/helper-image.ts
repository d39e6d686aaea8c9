import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Dockerode from "dockerode";
import { z } from "zod";
import { KnownError, messageOf } from "../errors.ts";
import { answered } from "../limit.ts";
import { type Duration, formatDuration, seconds } from "../time.ts";
import { type HelperBundles, hashOf, helperBundles, installationFolder } from "./helper-bundles.ts";
import { statusOf } from "./remove.ts";

/** The image that the probe, the hand and the wire run from: Node, nft and their three files. Built on demand, named after what is in it. */

const isHelper = "io.healproof.helper";
/** Which programs are in it, whatever it was built upon. */
const bundlesLabel = "io.healproof.helper.bundles";
/** Which copy of healproof built it: another one on this machine has images of its own, and does not take this one's away. */
const installationLabel = "io.healproof.helper.installation";
/** What it was built upon. */
const baseLabel = "io.healproof.helper.base";
const officialBase = "node:26-slim";
/** Whether nft is in it: `yes` or `no`. */
const nftLabel = "io.healproof.helper.nft";
/**
 * The wire's tool, where the base has none. Where it cannot be had either, the image does without: only the faults that drop packets
 * need it, and are refused then.
 */
const installNft = [
  "command -v nft",
  "(apt-get update -q -o Acquire::Retries=0 -o Acquire::http::Timeout=15 && apt-get install -qy --no-install-recommends nftables && rm -rf /var/lib/apt/lists/*)",
  "apk add --no-cache nftables",
].join(" || ");
/** What reaches a package mirror from behind a proxy. */
const proxyVariables = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** A filter of the engine's: those that this copy of healproof has built. */
export const ownHelpers = `label=${installationLabel}=${hashOf(installationFolder)}`;

export interface HelperImageOptions {
  /** The image with Node to build upon. Default: HEALPROOF_NODE_IMAGE, else the official one. */
  readonly base?: string | undefined;
  readonly bundles?: HelperBundles;
  /** The image's name; only images of this name are looked for and replaced. */
  readonly name?: string;
  /** The folder of the healproof that it belongs to. */
  readonly installation?: string;
  readonly pullWithin?: Duration;
  /** `false`: an error where it is not there, instead of building it. */
  readonly build?: boolean;
  /** Ends a pull and a build at once, with its reason. */
  readonly signal?: AbortSignal;
  /** Told what takes a while. */
  readonly progress?: (what: string) => void;
}

/** The helper image's reference, present in the engine when this returns. About 20 ms if it was there already. */
export async function ensureHelperImage(engine: Dockerode, options: HelperImageOptions = {}): Promise<string> {
  const { progress = () => undefined, name = "healproof-helper", signal = new AbortController().signal } = options;
  const bundles = options.bundles ?? (await helperBundles());
  const programs = hashOf(installNft, bundles.probe, bundles.hand, bundles.wire);
  const installation = hashOf(options.installation ?? installationFolder);
  const named = options.base || process.env.HEALPROOF_NODE_IMAGE;
  if (!named) {
    // The set-up may have built it upon a stand-in, where no image registry is in reach: then a plain run finds it.
    const built = (await helperImages(engine, name, installation)).filter(
      ({ Labels }) => Labels[bundlesLabel] === programs,
    );
    const tag = built.flatMap(({ RepoTags }) => RepoTags ?? []).find((it) => it.startsWith(`${name}:`));
    if (tag) return tag;
  }
  const base = named || (await unnamedBase(engine, name));
  const reference = `${name}:${hashOf(programs, base, installation)}`;
  if (await present(engine, reference)) return reference;
  if (options.build === false)
    throw new KnownError("no-helper-image", `${reference} is not built yet`, {
      facts: { try: "healproof doctor --fix" },
    });
  await ensureBase(engine, base, { within: options.pullWithin ?? seconds(60), signal, progress });
  progress(`building ${reference} upon ${base}`);
  const order = { reference, base, programs, installation, bundles, signal };
  await build(engine, { ...order, nft: true }).catch(async (thrown: unknown) => {
    signal.throwIfAborted();
    const reason = (thrown instanceof KnownError ? thrown.facts.reason : undefined) ?? messageOf(thrown);
    progress(`building it without nft, as with it that failed: ${reason}`);
    await build(engine, { ...order, nft: false });
  });
  await removeReplaced(engine, name, installation, programs);
  return reference;
}

/** Where none is named: the official image, or else the stand-in that an earlier helper image was built upon. */
async function unnamedBase(engine: Dockerode, name: string): Promise<string> {
  if (await present(engine, officialBase)) return officialBase;
  for (const { Labels } of await helperImages(engine, name)) {
    const base = Labels[baseLabel];
    if (base && (await present(engine, base))) return base;
  }
  return officialBase;
}

/** The helper images of this name: all, or one installation's. */
async function helperImages(engine: Dockerode, name: string, installation?: string): Promise<Dockerode.ImageInfo[]> {
  const ofInstallation = installation ? [`${installationLabel}=${installation}`] : [];
  const filters = JSON.stringify({ label: [`${isHelper}=true`, ...ofInstallation] });
  const images = await answered("for helper images", engine.listImages({ filters }));
  return images.filter(({ RepoTags }) => RepoTags?.some((tag) => tag.startsWith(`${name}:`)));
}

/** Whether the faults that drop packets can be carried out from it. */
export async function helperHasNft(engine: Dockerode, reference: string): Promise<boolean> {
  const { Config } = await answered(`for the image ${reference}`, engine.getImage(reference).inspect());
  return Config.Labels?.[nftLabel] === "yes";
}

async function present(engine: Dockerode, reference: string): Promise<boolean> {
  try {
    await answered(`for the image ${reference}`, engine.getImage(reference).inspect());
    return true;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return false;
    throw thrown;
  }
}

interface Pull {
  readonly within: Duration;
  readonly signal: AbortSignal;
  readonly progress: (what: string) => void;
}

async function ensureBase(engine: Dockerode, base: string, { within: limit, signal, progress }: Pull): Promise<void> {
  if (await present(engine, base)) return;
  progress(`pulling ${base}`);
  try {
    const abortSignal = AbortSignal.any([AbortSignal.timeout(limit), signal]);
    await finished(await engine.pull(base, { abortSignal }), abortSignal);
  } catch (thrown) {
    signal.throwIfAborted();
    const late = thrown instanceof Error && (thrown.name === "TimeoutError" || thrown.name === "AbortError");
    throw new KnownError("no-helper-base", `there is no image with Node for our helpers: ${base}`, {
      facts: {
        "in the engine": "not there",
        "from the registry": late ? `not within ${formatDuration(limit)}` : messageOf(thrown),
        try: "npm start, which builds a stand-in; or HEALPROOF_NODE_IMAGE=<a local image with Node 24 or later>",
      },
      cause: thrown,
    });
  }
}

interface BuildOrder {
  readonly reference: string;
  readonly base: string;
  readonly programs: string;
  readonly installation: string;
  readonly bundles: HelperBundles;
  readonly signal: AbortSignal;
  /** Whether it must be in it; else it is not asked for. */
  readonly nft: boolean;
}

async function build(engine: Dockerode, order: BuildOrder): Promise<void> {
  const { reference, base, programs, installation, bundles, signal, nft } = order;
  const limit = seconds(180);
  const context = await mkdtemp(join(tmpdir(), "healproof-helper-"));
  const dockerfile = [
    `FROM ${base}`,
    // Before what changes: an engine keeps it for the next build.
    ...(nft ? [`RUN ${installNft}`] : []),
    `LABEL ${isHelper}=true ${bundlesLabel}=${programs} ${installationLabel}=${installation} ${baseLabel}=${base} ${nftLabel}=${nft ? "yes" : "no"}`,
    "COPY probe.mjs hand.mjs wire.mjs /healproof/",
    "",
  ].join("\n");
  const files = {
    Dockerfile: dockerfile,
    "probe.mjs": bundles.probe,
    "hand.mjs": bundles.hand,
    "wire.mjs": bundles.wire,
  };
  try {
    // Readable by all: the engine keeps the modes, and the probe is nobody.
    for (const [name, content] of Object.entries(files)) await writeFile(join(context, name), content, { mode: 0o644 });
    const abortSignal = AbortSignal.any([AbortSignal.timeout(limit), signal]);
    const buildargs = Object.fromEntries(
      proxyVariables.flatMap((it) => (process.env[it] ? [[it, process.env[it]]] : [])),
    );
    const options = { t: reference, forcerm: true, abortSignal, buildargs };
    await finished(await engine.buildImage({ context, src: Object.keys(files) }, options), abortSignal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw new KnownError("no-helper-image", `the image for our helpers could not be built upon ${base}`, {
      facts: { reason: messageOf(thrown), limit: formatDuration(limit) },
      cause: thrown,
    });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

const progressLine = z.looseObject({ error: z.string().optional() });

/** Reads a pull's or a build's progress to its end: a failure is only one of its lines. */
async function finished(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
  let text = "";
  for await (const chunk of stream) {
    signal.throwIfAborted();
    text += String(chunk);
  }
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const { error } = progressLine.parse(JSON.parse(line));
    if (error) throw new Error(error);
  }
}

/** Helper images with other programs are of no use any more, unless a container still runs from one: then the engine refuses. */
async function removeReplaced(engine: Dockerode, name: string, installation: string, programs: string): Promise<void> {
  for (const { Labels, RepoTags } of await helperImages(engine, name, installation)) {
    if (Labels[bundlesLabel] === programs) continue;
    for (const tag of RepoTags ?? [])
      if (tag.startsWith(`${name}:`))
        await answered(`to remove the image ${tag}`, engine.getImage(tag).remove()).catch(() => undefined);
  }
}

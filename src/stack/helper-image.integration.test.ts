import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import Dockerode from "dockerode";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { exitCode } from "../errors.ts";
import { refuseUnmet } from "../fault/needs.ts";
import { builtInFaults } from "../fault/registry.ts";
import { ms } from "../time.ts";
import { ensureHelperImage } from "./helper-image.ts";

const docker = new Dockerode();
const name = `healproof-test-${randomBytes(4).toString("hex")}`;
const bundles = (version: number) => ({ probe: `console.log(${version})`, hand: "", wire: "" });

const tags = async () =>
  (await docker.listImages())
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => tag.startsWith(`${name}:`))
    .toSorted();

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const tag of await tags()) await docker.getImage(tag).remove({ force: true });
});

test("the image is built once, found again without naming its base, and replaced when its programs change", async () => {
  // Any image with Node does as a base, and the helper image is one.
  const base = await ensureHelperImage(docker);
  vi.stubEnv("HEALPROOF_NODE_IMAGE", "");
  const told: string[] = [];
  const ensure = (version: number, on?: string) =>
    ensureHelperImage(docker, { name, base: on, bundles: bundles(version), progress: (what) => told.push(what) });

  const first = await ensure(1, base);
  expect(first).toMatch(/:[0-9a-f]{12}$/);
  expect(told).toEqual([`building ${first} upon ${base}`]);
  expect(await ensure(1, base)).toBe(first);
  expect(await ensure(1)).toBe(first);
  expect(told).toHaveLength(1);

  // Nor need the base be named to build new programs upon what the last ones were built upon.
  const second = await ensure(2);
  expect(second).not.toBe(first);
  expect(await tags()).toEqual([second]);
  expect(told.slice(1)).toEqual([`building ${second} upon ${base}`]);
});

test("two copies of healproof on one machine, with other programs, leave each other their images", async () => {
  const base = await ensureHelperImage(docker);
  const ensure = (installation: string, version: number) =>
    ensureHelperImage(docker, { name, base, installation, bundles: bundles(version) });

  const one = await ensure("/one", 1);
  const other = await ensure("/other", 2);
  expect(await tags()).toEqual([one, other].toSorted());
  // Nor does one run from what the other may take away, where their programs are the same.
  const same = await ensure("/one", 2);
  expect(await tags()).toEqual([same, other].toSorted());
  expect(same).not.toBe(other);
});

test("without a base in the engine or in a registry it says what to do", async () => {
  const base = "127.0.0.1:9/no/such-image:1";
  const ensuring = ensureHelperImage(docker, { name, base, bundles: bundles(1), pullWithin: ms(5000) });
  await expect(ensuring).rejects.toMatchObject({
    code: "no-helper-base",
    facts: {
      "from the registry": expect.stringMatching(/127\.0\.0\.1|within/),
      try: expect.stringContaining("npm start"),
    },
  });
});

test("where nft cannot be had the image does without, and the faults that need it are refused by name", async () => {
  const [isolate, crash] = ["isolate", "crash"].map((kind) => builtInFaults.find((it) => it.kind === kind));
  if (!isolate || !crash) throw new Error("both are built in");
  expect(await refuseUnmet(docker, await ensureHelperImage(docker), [isolate, crash])).toBeUndefined();

  // A base in which nothing can be run, so nothing can be installed.
  const base = `${name}-base:1`;
  const blocks = Readable.from([Buffer.alloc(1024)]);
  const importing = await docker.importImage(blocks, { repo: `${name}-base`, tag: "1" });
  await new Promise((ended) => importing.resume().once("end", ended));
  onTestFinished(() => docker.getImage(base).remove({ force: true }));
  const told: string[] = [];
  const image = await ensureHelperImage(docker, { name, base, bundles: bundles(1), progress: (it) => told.push(it) });
  expect(told.at(-1)).toContain("building it without nft, as with it that failed: ");
  await expect(refuseUnmet(docker, image, [isolate, crash])).rejects.toMatchObject({
    code: "no-nft",
    exitCode: exitCode.lacking,
    facts: { "needed by": "isolate" },
  });
  expect(await refuseUnmet(docker, image, [crash])).toBeUndefined();
});

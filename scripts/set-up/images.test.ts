import { expect, test } from "vitest";
import { choose, image, imageEntries } from "./images.mjs";
import { imagesIn, localImages, replaced } from "./local-images.mjs";
import type { Result } from "./machine.mjs";
import { scriptedMachine } from "./scripted-machine.ts";
import type { StandIns } from "./stand-ins.mjs";

const entry = { variable: "REDIS_IMAGE", official: "redis:8", standIn: "redis" };
const standIn = "healproof-standin/redis:0123";
const refused = { code: 1, stderr: "Error response from daemon: lookup registry: no such host" };

test.each([
  ["the environment's image before all", "mine:1", ["redis:8", standIn], { reference: "mine:1", from: "environment" }],
  ["the official one where it is", undefined, [standIn, "redis:8"], { reference: "redis:8", from: "official" }],
  ["the stand-in where it is built", undefined, [standIn], { reference: standIn, from: "stand-in" }],
  ["a stand-in of older content does not count", undefined, ["healproof-standin/redis:9999"], undefined],
])("%s", (_, given, local: string[], choice) => {
  const isLocal = (reference: string) => local.includes(reference);
  expect(choose({ official: "redis:8", standIn, given }, isLocal)).toEqual(choice);
});

function imageOn(
  present: string,
  pull: string | Partial<Result>,
  { canBuild = true, ...facts }: Parameters<typeof scriptedMachine>[0] & { canBuild?: boolean } = {},
) {
  const scripted = scriptedMachine(facts, (line) => {
    if (line.startsWith("docker images")) return present;
    return line.startsWith("docker pull") ? pull : "sha256:1";
  });
  const chosen = new Map<string, string>();
  const built: string[] = [];
  const standIns: StandIns = {
    base: "base",
    reference: () => standIn,
    canBuild: () => canBuild,
    build: async ({ official }) => void built.push(official),
  };
  const step = image(scripted.machine, entry, { images: localImages(scripted.machine), standIns, chosen });
  const told: string[] = [];
  const tell = (doing: string) => void told.push(doing);
  const bring = async () => ((await step.check()) ? await step.run(tell) : "was there");
  return { ...scripted, bring, chosen, built, told };
}

test("a registry that answers gives the official image, and no stand-in is built", async () => {
  const { bring, chosen, built } = imageOn("", "8: Pulling from library/redis\n");
  expect(await bring()).toBe("redis:8 pulled");
  expect({ chosen: [...chosen], built }).toEqual({ chosen: [["REDIS_IMAGE", "redis:8"]], built: [] });
});

test("without a registry the stand-in is built, and the reason told", async () => {
  const { bring, chosen, built, ran, limits, told } = imageOn("", refused);
  expect(await bring()).toBe("stand-in for redis:8 built");
  expect(told).toEqual([
    "asking the registry for redis:8",
    "building a stand-in for redis:8 (its registry: no such host)",
  ]);
  expect({ chosen: [...chosen], built }).toEqual({ chosen: [["REDIS_IMAGE", standIn]], built: ["redis:8"] });
  expect(ran.filter((line) => line.startsWith("docker pull"))).toHaveLength(1);
  expect(limits["docker pull redis:8"]).toBeLessThanOrEqual(10_000);
});

test("with the stand-in in place no registry is asked again", async () => {
  const { bring, chosen, ran } = imageOn(`${standIn} sha256:1\n`, refused);
  expect(await bring()).toBe("was there");
  expect(chosen.get("REDIS_IMAGE")).toBe(standIn);
  expect(ran.filter((line) => line.startsWith("docker pull"))).toEqual([]);
});

test("where no stand-in can be built, a registry gets more time, and its failure is told in full", async () => {
  const { bring, limits, built } = imageOn("", refused, { canBuild: false });
  await expect(bring()).rejects.toThrow("lookup registry: no such host");
  expect(limits["docker pull redis:8"]).toBeGreaterThan(30_000);
  expect(built).toEqual([]);
});

test.each([
  ["Debian", "linux", /REDIS_IMAGE=<its name> npm run setup\n.*sudo apt-get install mmdebstrap$/],
  ["macOS", "darwin", /REDIS_IMAGE=<its name> npm run setup$/],
] as const)(
  "with neither a registry nor a way to build a stand-in, the ways on are told: %s",
  async (_, platform, ways) => {
    const { bring } = imageOn("", refused, { canBuild: false, platform });
    await expect(bring()).rejects.toThrow(ways);
    const without = imageOn("", "", { canBuild: false, platform, env: { HEALPROOF_PULL: "no" } });
    await expect(without.bring()).rejects.toThrow(ways);
  },
);

test("HEALPROOF_PULL=no asks no registry", async () => {
  const { bring, ran, built, told } = imageOn("", "", { env: { HEALPROOF_PULL: "no" } });
  await bring();
  expect(told).toEqual(["building a stand-in for redis:8 (its registry: HEALPROOF_PULL=no)"]);
  expect(built).toEqual(["redis:8"]);
  expect(ran.filter((line) => line.startsWith("docker pull"))).toEqual([]);
});

test("every image of the manifest is pinned and has its folder", () => {
  const entries = imageEntries(process.cwd());
  expect(entries.length).toBeGreaterThan(4);
  for (const each of entries) expect(each.official).toMatch(/:v?\d/);
});

test("images are known by their short names, as Docker and Podman write them", () => {
  const images = imagesIn(
    "docker.io/library/redis:8 sha256:1\nlocalhost/mine:2 sha256:2\nprom/prometheus:v3 sha256:3\n",
  );
  expect([...images.keys()]).toEqual(["redis:8", "mine:2", "prom/prometheus:v3"]);
});

test("replaced is only what has a successor of the same name", () => {
  const ours = ["healproof-fixture-app:1", "healproof-fixture-app:2", "healproof-fixture-plug:1"];
  expect(replaced(ours, ["healproof-fixture-app:2", "redis:8"])).toEqual(["healproof-fixture-app:1"]);
});

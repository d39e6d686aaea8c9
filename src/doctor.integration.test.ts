import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { examine } from "./doctor.ts";

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-doctor-"));
});
afterEach(() => {
  process.env.PATH = path;
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const composeFile = (text: string) => {
  const file = join(folder, "compose.yaml");
  writeFileSync(file, text);
  return file;
};

test("a machine that was set up has Node, an engine, Compose and, once fixed, the helper image", async () => {
  const findings = await examine([], { fix: true });
  expect(findings.map(({ what, ok }) => [what, ok])).toEqual([
    ["Node", true],
    ["container engine", true],
    ["Docker Compose", true],
    ["helper image", true],
  ]);
});

test("an image that lacks, and a Compose file that lacks, are found with what to do", async () => {
  const file = composeFile("services: { app: { image: healproof-nobody-has-this } }");
  const findings = await examine([file, join(folder, "none.yaml")], { fix: false });
  expect(findings.slice(4)).toEqual([
    {
      what: "image of app",
      ok: false,
      detail: "healproof-nobody-has-this is not on this machine",
      remedy: "docker pull healproof-nobody-has-this, or npm run setup",
    },
    { what: join(folder, "none.yaml"), ok: false, detail: "there is no such Compose file" },
  ]);
});

const builtImages: string[] = [];
afterEach(() => {
  for (const image of builtImages.splice(0)) execFileSync("docker", ["rmi", image]);
});

/** An image without any content; its name. */
function imageOf(name: string, dockerfile: string) {
  const image = `healproof-test-${randomBytes(4).toString("hex")}:${name}`;
  execFileSync("docker", ["build", "--quiet", "--tag", image, "-"], { input: `FROM scratch\n${dockerfile}\n` });
  builtImages.push(image);
  return image;
}

test("of each image it is told whether it is official, a stand-in, named by the environment, built upon, or left out", async () => {
  const official = imageOf("official", "LABEL who=them");
  const standIn = imageOf("stand-in", "LABEL io.healproof.stand-in-for=postgres:17");
  const mine = imageOf("mine", "LABEL who=me");
  vi.stubEnv("APP_IMAGE", mine);
  writeFileSync(
    join(folder, ".env"),
    `APP_IMAGE=${official}\nDB_IMAGE=${standIn}\nWEB_IMAGE=${official}\nBASE_IMAGE=${standIn}2\n`,
  );
  const service = (name: string) => `${name}: { image: "\${${name.toUpperCase()}_IMAGE}" }`;
  const file = composeFile(
    `services: { ${["app", "db", "web"].map(service).join(", ")}, charts: { image: healproof-nobody-has-this, profiles: [charts] } }`,
  );
  const findings = await examine([file], { fix: false });
  expect(findings.slice(4).map(({ what, ok, detail }) => [what, ok, detail])).toEqual([
    ["image of app", true, `${mine}, as APP_IMAGE says`],
    [
      "image of charts",
      true,
      "left out: the profile charts is not active, and healproof-nobody-has-this is not on this machine",
    ],
    ["image of db", true, `${standIn}, a stand-in for postgres:17`],
    ["image of web", true, official],
    ["image of BASE_IMAGE", false, `${standIn}2 is not on this machine`],
  ]);
});

test("without Compose the doctor still says what lacks, instead of failing on the first Compose file", async () => {
  const file = composeFile("services: { app: { image: node } }");
  process.env.PATH = folder;
  const findings = await examine([file], { fix: false });
  expect(findings.find((it) => it.what === "Docker Compose")).toMatchObject({
    ok: false,
    remedy: expect.stringContaining("npm run setup"),
  });
  expect(findings.find((it) => it.what === file)?.ok).toBe(false);
});

test.each([
  ["unix:///nobody/listens.sock", /no container engine answers: .*\/nobody\/listens\.sock/],
  ["ssh://me@elsewhere", /no container engine answers: over ssh no engine can be reached/],
])("an engine that is named and does not answer is not replaced by the one that is here: %s", async (named, detail) => {
  vi.stubEnv("DOCKER_HOST", named);
  const findings = await examine([], { fix: false });
  expect(findings.find((it) => it.what === "container engine")).toMatchObject({
    ok: false,
    detail: expect.stringMatching(detail),
  });
});

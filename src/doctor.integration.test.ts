import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { examine } from "./doctor.ts";

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-doctor-"));
});
afterEach(() => {
  process.env.PATH = path;
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

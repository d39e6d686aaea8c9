import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetStack, rememberedStack, rememberedStacks, rememberStack } from "./stack-file.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hp-stacks-"));
  folder = join(root, "stacks");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const model = { services: { app: { image: "app", environment: { PASSWORD: "secret$$" } } } };

test("a stack is remembered as it was started, for its owner's eyes alone, until it is forgotten", () => {
  rememberStack("healproof-r1-1", "r1", model, folder);
  rememberStack("healproof-r2-1", "r2", { services: {} }, folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "healproof-r1-1.json")).mode & 0o777).toBe(0o600);
  expect(rememberedStack("healproof-r1-1", folder)).toEqual(model);
  expect(rememberedStacks(folder)).toEqual([
    { project: "healproof-r1-1", run: "r1" },
    { project: "healproof-r2-1", run: "r2" },
  ]);
  forgetStack("healproof-r1-1", folder);
  forgetStack("healproof-r1-1", folder);
  expect(rememberedStack("healproof-r1-1", folder)).toBeUndefined();
  expect(readdirSync(folder)).toEqual(["healproof-r2-1.json"]);
});

test("where nothing ever ran nothing is remembered, and a file that is not ours is none", () => {
  expect(rememberedStacks(folder)).toEqual([]);
  expect(rememberedStack("app", folder)).toBeUndefined();
  rememberStack("app", "r1", model, folder);
  writeFileSync(join(folder, "app.json"), "{}");
  expect(rememberedStacks(folder)).toEqual([]);
  expect(rememberedStack("app", folder)).toBeUndefined();
});

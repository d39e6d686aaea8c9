import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fromCaller, newFromCaller } from "./caller.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-caller-"));
  writeFileSync(join(folder, "my.yaml"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("through npm run, what is there where npm was called is meant; a tag stays a tag", () => {
  const env = { npm_lifecycle_event: "healproof", INIT_CWD: folder };
  expect(fromCaller("./my.yaml", env)).toBe(join(folder, "my.yaml"));
  expect(fromCaller("gate", env)).toBe("gate");
  expect(fromCaller("", env)).toBe("");
  expect(newFromCaller("out", env)).toBe(join(folder, "out"));
});

test("without npm run, a path is what it is", () => {
  for (const env of [{}, { INIT_CWD: folder }, { npm_lifecycle_event: "test", INIT_CWD: folder }]) {
    expect(fromCaller("my.yaml", env)).toBe("my.yaml");
    expect(newFromCaller("out", env)).toBe("out");
  }
});

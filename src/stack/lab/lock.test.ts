import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ownerMark } from "../labels.ts";
import { lockLab, takeAway } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hp-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const heldBy = (owner: string) => JSON.stringify({ owner, command: "run", since: "2026-12-01T00:00:00.000Z" });
/** No process has this number: the kernel's most is below it. */
const dead = "4194305.1";

test("the lock of somebody who was killed gives way, and nothing is left beside ours", () => {
  using _ours = lockLab(folder);
  const [file = ""] = readdirSync(join(folder, ".vagrant"));
  const path = join(folder, ".vagrant", file);
  writeFileSync(path, heldBy(dead));
  {
    using _again = lockLab(folder);
    expect(readFileSync(path, "utf8")).toContain(ownerMark());
    expect(readdirSync(join(folder, ".vagrant"))).toEqual([file]);
  }
  expect(existsSync(path)).toBe(false);
});

test("one that another has put in its place meanwhile stays theirs", () => {
  const file = join(folder, "lock");
  writeFileSync(file, heldBy(ownerMark()));
  takeAway(file, `${file}.old`);
  expect(readFileSync(file, "utf8")).toContain(ownerMark());
  expect(readdirSync(folder)).toEqual(["lock"]);
  writeFileSync(file, heldBy(dead));
  takeAway(file, `${file}.old`);
  takeAway(file, `${file}.old`);
  expect(readdirSync(folder)).toEqual([]);
});

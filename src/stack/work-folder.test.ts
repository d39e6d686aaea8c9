import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ownerMark } from "./labels.ts";
import { makeWorkFolder, startsUnderWay } from "./work-folder.ts";

let root: string;
let starts: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hp-starts-"));
  starts = join(root, "starts");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const project = "healproof-r1-1";
const whose = {
  run: "r1",
  owner: ownerMark(),
  expected: { containers: [{ name: `${project}-app-1`, image: "app" }], volumes: [`${project}_data`] },
  labels: { "io.healproof.run": "r1", "io.healproof.trial": "app-crash" },
};
const make = () => makeWorkFolder(project, whose, starts);

test("a start is marked in the state folder, for its owner alone, and nothing of it stays", () => {
  {
    using folder = make();
    expect(readdirSync(folder.path)).toEqual([]);
    expect(readdirSync(starts)).toEqual([`${project}.json`]);
    expect(statSync(starts).mode & 0o777).toBe(0o700);
    expect(statSync(join(starts, `${project}.json`)).mode & 0o777).toBe(0o600);
    expect(startsUnderWay(starts)).toMatchObject({ found: [{ ...whose, project, path: folder.path }], damaged: {} });
  }
  expect(readdirSync(starts)).toEqual([]);
  expect(startsUnderWay(starts).found).toEqual([]);
});

test("where nothing was ever started there is none", () => {
  expect(startsUnderWay(starts)).toEqual({ found: [], damaged: {} });
});

test("one project is not started twice at a time", () => {
  using folder = make();
  expect(make).toThrow("under way");
  expect(existsSync(folder.path)).toBe(true);
});

test.each<[string, object]>([
  ["a container of somebody else", { expected: { ...whose.expected, containers: [{ name: "their-db", image: "x" }] } }],
  ["a volume of somebody else", { expected: { ...whose.expected, volumes: ["their-data"] } }],
  [
    "a container of another project",
    { expected: { ...whose.expected, containers: [{ name: "healproof-r1-11-app-1", image: "x" }] } },
  ],
  ["another run", { run: "r2" }],
  ["the labels of another run", { labels: { ...whose.labels, "io.healproof.run": "r2" } }],
  ["a folder of somebody else", { path: "/etc" }],
  ["a project that is not the file's", { project: "healproof-r1-2" }],
])("a mark that names %s is not followed, and told", (_what, change) => {
  using _folder = make();
  const file = join(starts, `${project}.json`);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }));
  const { found, damaged } = startsUnderWay(starts);
  expect(found).toEqual([]);
  expect(Object.keys(damaged)).toEqual([file]);
});

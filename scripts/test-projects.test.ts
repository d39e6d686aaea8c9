import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { expect, test } from "vitest";
import config from "../vitest.config.ts";
import { fullSet, withoutFullSet } from "./test-projects.mjs";

/** The names of the projects that vitest runs with these arguments: it takes `!name` as every other one, and `*` as any letters. */
function projectsOf(args: readonly string[]): string[] {
  const wanted = args.flatMap((it, at) =>
    it === "--project" ? (args[at + 1] ?? []) : (/^--project=(.+)$/.exec(it)?.[1] ?? []),
  );
  const names = (config.test?.projects ?? []).flatMap((it) =>
    typeof it === "object" && "test" in it && typeof it.test?.name === "string" ? it.test.name : [],
  );
  return names.filter((name) => wanted.some((it) => matchesGlob(name, it.replace(/^!/, "")) !== it.startsWith("!")));
}

test("npm test runs everything but the full set", () => {
  expect(projectsOf(withoutFullSet(["--bail=1"]))).toEqual(["unit", "engine", "stacks", "scenarios"]);
  expect(withoutFullSet(["--bail=1"])).toContain("--bail=1");
});

test("npm run test:full runs the full set alone", () => {
  expect(projectsOf(fullSet([]))).toEqual(["full-parts", "full"]);
  expect(fullSet(["--bail=1"])).toContain("--bail=1");
});

test.each([[["--project", "unit"]], [["--project=unit"]]])("whoever names a project gets that: %j", (args) => {
  expect(projectsOf(withoutFullSet(args))).toEqual(["unit"]);
});

test("each test file is in one project, and the full set's are in its own", () => {
  const filesOf = (config.test?.projects ?? []).map((it) => {
    if (typeof it !== "object" || !("test" in it) || typeof it.test?.name !== "string")
      throw new Error("a project has a name");
    const { name, include = [], exclude = [] } = it.test;
    // Never into what is installed: a test file there is somebody else's.
    return { name, files: globSync(include, { exclude: [...exclude, "**/node_modules"] }) };
  });
  const owners = new Map<string, string[]>();
  for (const { name, files } of filesOf)
    for (const file of files) owners.set(file, [...(owners.get(file) ?? []), name]);
  const tests = globSync("{src,docs,scripts,scenarios,fixtures}/**/*.test.ts", { exclude: ["**/node_modules"] });
  expect(tests.length).toBeGreaterThan(100);
  for (const file of tests.filter((it) => !it.startsWith("docs/examples/")))
    expect(owners.get(file), file).toEqual(
      /(^scenarios\/full|\.full|^fixtures\/(?!.*\/independent-).*\.integration)\.test\.ts$/.test(file)
        ? [expect.stringMatching(/^full/)]
        : [expect.not.stringMatching("full")],
    );
});

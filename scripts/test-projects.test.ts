import { expect, test } from "vitest";
import config from "../vitest.config.ts";
import { fullSet, withoutFullSet } from "./test-projects.mjs";

/** The names of the projects that vitest runs with these arguments: it takes `!name` as every other one. */
function projectsOf(args: readonly string[]): string[] {
  const wanted = args.flatMap((it, at) =>
    it === "--project" ? (args[at + 1] ?? []) : (/^--project=(.+)$/.exec(it)?.[1] ?? []),
  );
  const names = (config.test?.projects ?? []).flatMap((it) =>
    typeof it === "object" && "test" in it && typeof it.test?.name === "string" ? it.test.name : [],
  );
  return names.filter((name) =>
    wanted.some((pattern) => (pattern.startsWith("!") ? name !== pattern.slice(1) : name === pattern)),
  );
}

test("npm test runs everything but the full set", () => {
  expect(projectsOf(withoutFullSet(["--bail=1"]))).toEqual(["unit", "engine", "scenarios"]);
  expect(withoutFullSet(["--bail=1"])).toContain("--bail=1");
});

test("npm run test:full runs the full set alone", () => {
  expect(projectsOf(fullSet([]))).toEqual(["full"]);
  expect(fullSet(["--bail=1"])).toContain("--bail=1");
});

test.each([[["--project", "unit"]], [["--project=unit"]]])("whoever names a project gets that: %j", (args) => {
  expect(projectsOf(withoutFullSet(args))).toEqual(["unit"]);
});

test("no file is in two projects: the full set is not the gate", () => {
  const of = (name: string) =>
    (config.test?.projects ?? []).flatMap((it) =>
      typeof it === "object" && "test" in it && it.test?.name === name ? [it.test] : [],
    );
  expect(of("full").flatMap((it) => it.include ?? [])).toEqual(["scenarios/full.test.ts"]);
  expect(of("scenarios").flatMap((it) => it.exclude ?? [])).toContain("scenarios/full.test.ts");
});

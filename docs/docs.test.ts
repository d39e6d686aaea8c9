import { existsSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import packageJson from "../package.json" with { type: "json" };
import { builtInFaults } from "../src/fault/registry.ts";
import { noStack, noTools } from "../src/fault/testing/no-tools.ts";
import { condition } from "../src/scenario/conditions.ts";
import { describeScenarios } from "../src/scenario/describe.ts";
import { loadScenarios } from "../src/scenario/load.ts";
import { scenarioTable } from "../src/scenario/table.ts";
import { ms } from "../src/time.ts";
import vitestConfig from "../vitest.config.ts";
import { nothing } from "./examples/nothing.ts";
import { blocks, commands, pages, root } from "./testing/blocks.ts";

/** What the pages say that can be checked without an engine; what they say to run is run in docs.e2e.test.ts. */

test("the pages have commands and examples to check", () => {
  expect(commands.length).toBeGreaterThan(5);
  expect(blocks.map(({ info }) => info)).toEqual(
    expect.arrayContaining(["sh", "text", "yaml scenario", "yaml fault", "yaml faults", "ts examples/nothing.ts"]),
  );
});

test("each npm script that the pages name exists", () => {
  const named = commands.flatMap(({ command }) => /^npm (?:run (?:--silent )?)?([\w:]+)/.exec(command)?.[1] ?? []);
  expect(named).toEqual(expect.arrayContaining(["start", "test", "healproof"]));
  for (const script of new Set(named)) expect(packageJson.scripts).toHaveProperty(script);
});

const shown = blocks.filter(({ info }) => / .*\.(ts|yaml)$/.test(info));

test.each(shown)("$page shows $info as it is", ({ page, info, text }) => {
  expect(text).toBe(readFileSync(join(root, dirname(page), info.replace(/^\w+ /, "")), "utf8"));
});

test("the scenarios of the examples are good ones, and each is shown", async () => {
  const loaded = await loadScenarios(["docs/examples/shop/scenarios"], { faults: builtInFaults, root });
  const files = shown.map(({ page, info }) => join(dirname(page), info.replace(/^\w+ /, "")));
  expect(files).toEqual(expect.arrayContaining(loaded.map((it) => it.file)));
});

test("a scenario that leaves what it can to defaults means what the long one means", async () => {
  const files = ["docs/examples/shop/scenarios/in-short/api-hang.yaml", "docs/examples/shop/scenarios/api-hang.yaml"];
  const [short, long] = await loadScenarios(files, { faults: builtInFaults, root });
  expect(short?.scenario.recovery?.when).toEqual(long?.scenario.recovery?.when);
  expect(short?.compose).toBe(long?.compose);
});

test.each(blocks.filter(({ info }) => info === "yaml fault"))("$page writes a fault as scenarios do", ({ text }) => {
  const { fault }: { fault: Record<string, Record<string, unknown>> } = parse(text);
  const [kind, { for: lasts, ...params } = {}] = Object.entries(fault)[0] ?? [];
  const known = builtInFaults.find((it) => it.kind === kind);
  expect(known?.params.safeParse(params).success).toBe(true);
  expect(known?.lasts || lasts === undefined).toBe(true);
});

test.each(blocks.filter(({ info }) => info === "yaml faults"))(
  "$page writes several faults as scenarios do",
  ({ text }) => {
    const { faults }: { faults: Record<string, Record<string, unknown>>[] } = parse(text);
    expect(faults.length).toBeGreaterThan(1);
    for (const fault of faults) {
      const [kind, { at: _, for: lasts, ...params } = {}] = Object.entries(fault)[0] ?? [];
      const known = builtInFaults.find((it) => it.kind === kind);
      expect(known?.params.safeParse(params).success).toBe(true);
      expect(known?.lasts || lasts === undefined).toBe(true);
    }
  },
);

test("the conditions of the examples are good ones, and there is one of each kind", () => {
  const shown = blocks.filter(({ info }) => info === "yaml conditions").flatMap(({ text }): unknown[] => parse(text));
  const kinds = shown.map((it) => {
    expect(condition.safeParse(it).error, JSON.stringify(it)).toBeUndefined();
    return Object.keys(Object(it))[0];
  });
  const all = condition.options.map((it) => Object.keys(it.shape)[0]);
  expect([...new Set(kinds)].toSorted()).toEqual(all.toSorted());
});

test.each(["hand", "act", "variant", "noise", "quiet"])(
  "the code's word %j is explained where a page first uses it",
  (word) => {
    const pages = [...new Set(blocks.map((it) => it.page))].map((page) => readFileSync(join(root, page), "utf8"));
    const explained = pages.filter((text) => text.includes(`**${word}**`));
    expect(explained).not.toEqual([]);
    for (const text of explained) {
      const prose = text.replaceAll(/```.*?```/gs, "");
      expect(prose.search(new RegExp(`\\b${word}s?\\b`, "i"))).toBe(prose.indexOf(`**${word}**`) + 2);
    }
  },
);

test("each file that a page links to is there", () => {
  for (const page of pages)
    for (const [, target = ""] of readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#:]+)\)/g))
      expect(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`).toBe(true);
});

test("the page of what is proven is current; `healproof list --markdown > scenarios/README.md` makes it so", async () => {
  const scenarios = describeScenarios(await loadScenarios([], { faults: builtInFaults, root }), builtInFaults);
  expect(readFileSync(join(root, "scenarios/README.md"), "utf8")).toBe(scenarioTable(scenarios, "scenarios"));
});

/** As a terminal of 112 columns has it: a line for each. */
test("the README shows what the gate's scenarios came to, and begins with one of them", async () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [table = ""] = blocks.filter(({ page, info }) => page === "README.md" && info === "text").map((it) => it.text);
  const gate = await loadScenarios(["gate"], { faults: builtInFaults, root });
  const rows = [...table.matchAll(/^[✓✗?] (\S+)/gm)].map(([, name]) => name);
  expect(rows).toEqual(gate.map((it) => it.scenario.name));
  const all = await loadScenarios([], { faults: builtInFaults, root });
  expect(table).toContain(`All ${gate.length} claims proven, ${all.length - gate.length} not run`);
  expect(table).toContain(/back in (\S+ to \S+ s)/.exec(readme)?.[1] ?? "a recovery time");
});

describe("what healproof has found is found again by", () => {
  const page = readFileSync(join(root, "docs/what-healproof-has-found.md"), "utf8");
  const again = [...page.matchAll(/^- again: `([^`]+)`/gm)].map(([, command = ""]) => command);

  test("a command for each finding that has a heading of its own", () => {
    const findings = page.split(/^### /m).slice(1, -1);
    expect(findings.length).toBeGreaterThan(10);
    expect(findings.map((it) => it.split("\n- again: `").length - 1)).toEqual(findings.map(() => 1));
  });

  test.each(again)("%s", async (command) => {
    const [, script = ""] = /^npm (?:run )?([\w:]+)/.exec(command) ?? [];
    if (script !== "exec") expect(packageJson.scripts).toHaveProperty(script);
    const [file] = / (\S+\.(?:ts|yaml))/.exec(command)?.slice(1) ?? [];
    if (file === undefined) return;
    expect(existsSync(join(root, file)), file).toBe(true);
    if (file.endsWith(".yaml")) expect(await loadScenarios([file], { faults: builtInFaults, root })).toHaveLength(1);
    const [name] = / -t "(.+)"$/.exec(command)?.slice(1) ?? [];
    if (name === undefined) return;
    expect(readFileSync(join(root, file), "utf8")).toMatch(new RegExp(`"[^"\\n]*${name}`));
    const [project = "full-parts"] = / --project (\S+)/.exec(command)?.slice(1) ?? [];
    expect(isIn(project, file), `${file} in vitest's project ${project}`).toBe(true);
  });
});

/** Whether vitest.config.ts has the file in the project of this name. */
function isIn(project: string, file: string): boolean {
  const all = (vitestConfig.test?.projects ?? []).flatMap((it) =>
    typeof it === "object" && "test" in it && it.test ? it.test : [],
  );
  const { include = [], exclude = [] } = all.find((it) => it.name === project) ?? {};
  const among = (globs: readonly string[]) => globs.some((it) => matchesGlob(file, it));
  return among(include) && !among(exclude);
}

describe("the empty fault of the guide", () => {
  const tools = {
    ...noTools,
    stack: { ...noStack, container: async () => ({ id: "c0ffee", pid: 1, running: true, paused: false }) },
  };

  test("aims at a container, is never seen to bite, and undoes nothing", async () => {
    const aim = await nothing.aim(tools, { service: "app" });
    expect(aim).toEqual({ container: "c0ffee" });
    await nothing.inject(tools, aim);
    expect(await nothing.witness(tools, aim, ms(10))).toBeUndefined();
    expect(await nothing.undo(tools, aim)).toBe("nothing was broken");
  });
});

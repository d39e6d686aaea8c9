import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import packageJson from "../package.json" with { type: "json" };
import { builtInFaults } from "../src/fault/registry.ts";
import { noStack, noTools } from "../src/fault/testing/no-tools.ts";
import { ms } from "../src/time.ts";
import { nothing } from "./examples/nothing.ts";
import { blocks, commands, root } from "./testing/blocks.ts";

/** What the pages say that can be checked without an engine; what they say to run is run in docs.e2e.test.ts. */

test("the pages have commands and examples to check", () => {
  expect(commands.length).toBeGreaterThan(5);
  expect(blocks.map(({ info }) => info)).toEqual(
    expect.arrayContaining(["sh", "text", "yaml scenario", "yaml fault", "ts examples/nothing.ts"]),
  );
});

test("each npm script that the pages name exists", () => {
  const named = commands.flatMap(({ command }) => /^npm (?:run (?:--silent )?)?([\w:]+)/.exec(command)?.[1] ?? []);
  expect(named).toEqual(expect.arrayContaining(["start", "test", "healproof"]));
  for (const script of new Set(named)) expect(packageJson.scripts).toHaveProperty(script);
});

test.each(blocks.filter(({ info }) => info.startsWith("ts ")))("$page shows $info as it is", ({ page, info, text }) => {
  expect(text).toBe(readFileSync(join(root, dirname(page), info.slice("ts ".length)), "utf8"));
});

test.each(blocks.filter(({ info }) => info === "yaml fault"))("$page writes a fault as scenarios do", ({ text }) => {
  const { fault }: { fault: Record<string, Record<string, unknown>> } = parse(text);
  const [kind, { for: lasts, ...params } = {}] = Object.entries(fault)[0] ?? [];
  const known = builtInFaults.find((it) => it.kind === kind);
  expect(known?.params.safeParse(params).success).toBe(true);
  expect(known?.lasts || lasts === undefined).toBe(true);
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
  for (const page of new Set(commands.map((it) => it.page)))
    for (const [, target = ""] of readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#:]+)\)/g))
      expect(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`).toBe(true);
});

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

import { expect, test } from "vitest";
import { builtInFaults } from "../fault/registry.ts";
import { leftOutByTag } from "./left-out.ts";
import { loadScenarios } from "./load.ts";
import { type Files, goodTextWith, inFolder } from "./testing.ts";

const called = (name: string, ...tags: string[]) =>
  goodTextWith(["name: app-crash", `name: ${name}`], ["tags: [gate]", `tags: [${tags.join(", ")}]`]);

const library: Files = {
  "scenarios/a.yaml": called("a", "gate"),
  "scenarios/b.yaml": called("b", "slow", "process"),
  "scenarios/c.yaml": called("c", "lab", "slow"),
  "scenarios/d.yaml": called("d", "process"),
  "scenarios/e.yaml": called("e", "gate", "process"),
};

const leftOutBy = (selectors: readonly string[], files: Files = library) =>
  inFolder(files, async (root) => {
    const options = { faults: builtInFaults, root };
    return leftOutByTag(selectors, await loadScenarios(selectors, options), options);
  });

test("what a choice by tag leaves out is named, with the tag that says why", async () => {
  expect(await leftOutBy(["gate"])).toEqual([
    { what: "b", why: "left out: tagged slow" },
    { what: "c", why: "left out: tagged lab" },
    { what: "d", why: "left out: not tagged gate" },
  ]);
});

test("what is chosen by another selector is not left out", async () => {
  expect((await leftOutBy(["gate", "process", "scenarios/c.yaml"])).map((it) => it.what)).toEqual([]);
  expect(await leftOutBy(["gate", "lab"])).toEqual([
    { what: "b", why: "left out: tagged slow" },
    { what: "d", why: "left out: not tagged gate or lab" },
  ]);
});

test.each([[[]], [["scenarios"]], [["scenarios/a.yaml"]], [["a"]]])(
  "%j chooses no tag, so nothing is left out",
  async (selectors) => {
    expect(await leftOutBy(selectors)).toEqual([]);
  },
);

test("a scenario that is broken and not asked for is left out by its name", async () => {
  const files = { ...library, "scenarios/f.yaml": called("f", "slow").replace("within: 5s", "within: 5") };
  expect((await leftOutBy(["gate"], files)).map((it) => it.what)).toContain("f");
});

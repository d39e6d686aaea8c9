import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { KnownError } from "../errors.ts";
import { builtInFaults } from "../fault/registry.ts";
import { loadScenarios } from "./load.ts";
import { scenarioSchema } from "./schema.ts";
import { goodText, goodTextWith, inFolder } from "./testing.ts";

const schema = scenarioSchema(builtInFaults);
const inTwo = { service: "app", leaving: "8MiB" };

function problems(faults: readonly object[]): unknown[] {
  const { fault: _, ...scenario } = parse(goodText);
  const { error } = schema.safeParse({ ...scenario, faults });
  return (error?.issues ?? []).map(({ path, message }) => ({ path, message }));
}

describe("two faults that set the same limit of a container", () => {
  test("are refused where the second comes while the first is in force", () => {
    expect(problems([{ "memory-pressure": inTwo }, { oom: { service: "app", limit: "64MiB", at: "5s" } }])).toEqual([
      {
        path: ["faults", 1, "oom"],
        message: expect.stringContaining("oom sets the memory limit of app, which memory-pressure holds to the end"),
      },
    ]);
    expect(
      problems([
        { "cpu-pressure": { service: "app", cpus: 0.1, at: "1s", for: "4s" } },
        { "cpu-pressure": { service: "app", cpus: 0.2, at: "5s", replica: "any" } },
      ]),
    ).toEqual([{ path: ["faults", 1, "cpu-pressure"], message: expect.stringContaining("until 5.00 s") }]);
  });

  test("are refused without a moment in between, too", () => {
    const [it] = problems([
      { "memory-pressure": { ...inTwo, for: "4.9s" } },
      { "memory-pressure": { ...inTwo, at: "5s" } },
    ]);
    expect(it).toMatchObject({ path: ["faults", 1, "memory-pressure"] });
  });

  test("may be where the first is over at once, as its limit is put back last", () => {
    const killed = { service: "app", limit: "64MiB" };
    expect(problems([{ oom: killed }, { oom: { ...killed, at: "5s" } }])).toEqual([]);
    expect(problems([{ oom: killed }, { "memory-pressure": { ...inTwo, at: "5s", for: "5s" } }])).toEqual([]);
  });

  test("are told at the one that comes later, whichever is written first", () => {
    const [it] = problems([{ "memory-pressure": { ...inTwo, at: "3s" } }, { "memory-pressure": inTwo }]);
    expect(it).toMatchObject({ path: ["faults", 0, "memory-pressure"] });
  });

  test.each<[string, object, object]>([
    ["one after the other, with a moment in between", { ...inTwo, for: "4s" }, { ...inTwo, at: "5s" }],
    ["of two services", inTwo, { ...inTwo, service: "prometheus", at: "5s" }],
    ["of two containers", { ...inTwo, replica: 1 }, { ...inTwo, replica: 2, at: "5s" }],
  ])("may be %s", (_, first, second) => {
    expect(problems([{ "memory-pressure": first }, { "memory-pressure": second }])).toEqual([]);
  });

  test("may not be the same: of memory, and of cores; nor where one only needs a limit", () => {
    expect(problems([{ "memory-pressure": inTwo }, { "cpu-pressure": { service: "app", cpus: 0.1 } }])).toEqual([]);
    expect(problems([{ "memory-pressure": inTwo }, { oom: { service: "app", at: "5s" } }])).toEqual([]);
  });
});

describe("a fault that needs a memory limit", () => {
  /** What is said of such a fault, where the Compose file has this service; nothing where it is valid. */
  async function said(fault: string, app: string): Promise<string> {
    const files = {
      "scenarios/it.yaml": goodTextWith(["fault: { crash: { service: app } }", fault]),
      "compose.yaml": `services: { app: ${app}, prometheus: {} }\n`,
    };
    try {
      await inFolder(files, (root) => loadScenarios([], { faults: builtInFaults, root }));
      return "";
    } catch (thrown) {
      if (thrown instanceof KnownError) return `${thrown}`;
      throw thrown;
    }
  }
  const oom = "fault: { oom: { service: app } }";

  test.each([
    "{}",
    "{ mem_limit: 0 }",
    "{ mem_limit: 0m, deploy: { resources: { limits: { memory: } } } }",
    "{ deploy: { resources: { limits: { cpus: 1 } } } }",
  ])("is refused where the Compose file gives none (%s), and told of both ways on", async (app) => {
    const text = await said(oom, app);
    expect(text).toMatch(/^scenarios\/it.yaml:7:15 {2}oom needs a memory limit that app can come up against/);
    expect(text).toContain("mem_limit in the Compose file, or `limit: 256MiB` here");
  });

  test.each([
    ["mem_limit", "{ mem_limit: 64m }"],
    ["deploy, beside none", "{ mem_limit: 0, deploy: { resources: { limits: { memory: 64M } } } }"],
    ["deploy", "{ deploy: { resources: { limits: { memory: 64M } } } }"],
    ["a variable, which may say how much", "{ mem_limit: $HOW_MUCH }"],
    ["another service that it extends, which may", "{ extends: { file: other.yaml, service: app } }"],
  ])("has one by the Compose file: %s", async (_, app) => {
    expect(await said(oom, app)).toBe("");
  });

  test("has one by its own parameter, or by another fault", async () => {
    expect(await said("fault: { oom: { service: app, limit: 64MiB } }", "{}")).toBe("");
    const other = "{ memory-pressure: { service: app, leaving: 8MiB } }";
    expect(await said(`faults: [${other}, { oom: { service: app, at: 5s } }]`, "{}")).toBe("");
  });

  test("has none by a fault that comes later", async () => {
    const other = "{ memory-pressure: { service: app, leaving: 8MiB, at: 5s } }";
    expect(await said(`faults: [{ oom: { service: app } }, ${other}]`, "{}")).toContain("oom needs a memory limit");
  });
});

describe("a time of a fault that is none", () => {
  test.each<[string, object]>([
    ["for", { fault: { hang: { service: "app", for: "8sec" } } }],
    ["for", { fault: { "memory-pressure": { ...inTwo, for: "0s" } } }],
    ["for", { faults: [{ hang: { service: "app", for: "48h" } }, { crash: { service: "app", at: "1s" } }] }],
    ["at", { faults: [{ "memory-pressure": inTwo }, { "memory-pressure": { ...inTwo, at: "soon" } }] }],
  ])("is told as that, and stops no other check: %s", (key, of) => {
    const { fault: _, ...scenario } = parse(goodText);
    const { error } = schema.safeParse({ ...scenario, ...of });
    expect(JSON.stringify(error?.issues)).toContain(`"${key}"`);
  });
});

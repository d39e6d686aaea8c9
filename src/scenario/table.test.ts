import { expect, test } from "vitest";
import { ms } from "../time.ts";
import type { ScenarioSummary } from "./describe.ts";
import { scenarioTable } from "./table.ts";

const crash: ScenarioSummary = {
  name: "app-crash",
  claim: "When the app is killed,\nit is back | soon",
  file: "scenarios/process/app-crash.yaml",
  tags: ["gate"],
  fault: "crash of app",
  goal: "recovery",
  healedBy: "restart-policy",
  within: ms(5000),
  controls: ["restart-policy"],
};

test("each folder is a table, each scenario a row with a link, in which nothing breaks the row", () => {
  const { healedBy: _, ...rest } = crash;
  const stays = { ...rest, name: "stays", goal: "holds", controls: [], file: "scenarios/data/stays.yaml" } as const;
  const lines = scenarioTable([crash, stays], "scenarios").split("\n");
  expect(lines.filter((it) => it.startsWith("##"))).toEqual(["## data", "## process"]);
  expect(lines).toContain(
    "| [app-crash](process/app-crash.yaml): When the app is killed, it is back \\| soon | crash of app | restart-policy | 5 s | restart-policy | gate |",
  );
  expect(lines.find((it) => it.includes("[stays]"))).toContain("| nobody: it stays so | 5 s | none |");
});

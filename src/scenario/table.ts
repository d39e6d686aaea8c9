import { plain } from "../judge/words.ts";
import type { ScenarioSummary } from "./describe.ts";

/** Scenarios as a page of Markdown, a table for each folder: what `scenarios/README.md` holds. Links are relative to `folder`. */
export function scenarioTable(scenarios: readonly ScenarioSummary[], folder: string): string {
  const relative = (file: string) => (file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file);
  const byFolder = Map.groupBy(scenarios, ({ file }) => relative(file).split("/").slice(0, -1).join("/"));
  const tables = [...byFolder]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, of]) => [
      `## ${name === "" ? "all" : name}`,
      [heading, ...of.map((it) => row(it, relative))].join("\n"),
    ]);
  return `${[title, intro(scenarios.length), ...tables.flat()].join("\n\n")}\n`;
}

const title = "# What is proven";

const intro = (count: number) =>
  `Each line is a scenario with its controls: ${count} in all. This page is made from the files beside it: \`npm run --silent healproof -- list --markdown > scenarios/README.md\`.`;

const heading = "| claim | what is broken | healed by | within | controls | tags |\n|---|---|---|---:|---|---|";

const byNobody = { escalation: "nobody: a person is called", holds: "nobody: it stays so", recovery: "" } as const;

function row(it: ScenarioSummary, relative: (file: string) => string): string {
  const cells = [
    `[${text(it.name)}](${relative(it.file)}): ${text(it.claim)}`,
    text(it.fault),
    it.healedBy ?? byNobody[it.goal],
    plain(it.within),
    it.controls.length === 0 ? "none" : it.controls.map(text).join(", "),
    it.tags.map(text).join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A cell holds one line, and no bar. */
const text = (value: string) => value.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");

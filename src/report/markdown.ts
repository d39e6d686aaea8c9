import type { Outcome, ScenarioJudgement } from "../judge/judgement.ts";
import type { MatrixCell, MatrixJudgement } from "../judge/matrix.ts";
import { plain, trialPrefix } from "../judge/words.ts";
import { visible } from "./html.ts";
import { cellWord, idleScenarios, matrixHeadline, triedAgainst } from "./matrix-words.ts";
import type { RunRecord } from "./run-record.ts";
import {
  commonClaims,
  controlSentence,
  controlShort,
  costText,
  decidingAct,
  decidingTrial,
  failuresFirst,
  headline,
  notRunOf,
  notRunTexts,
  scenarioRecovery,
  scenarioVerdictText,
  trialsOf,
  upperFirst,
} from "./words.ts";

const signs: Record<Outcome, string> = { proven: "✅", refuted: "❌", inconclusive: "❔" };

/** A run as a comment on a pull request, in GitHub's Markdown. */
export function summaryMd(run: RunRecord): string {
  const scenarios = failuresFirst(run.scenarios);
  const odd = scenarios.filter((it) => it.outcome !== "proven");
  const shown = scenarios.flatMap((it) => it.controls.filter((control) => control.outcome === "proven"));
  const because = shown.flatMap((it) =>
    it.control?.because === undefined ? [] : [{ it, because: it.control.because }],
  );
  const refuted = commonClaims(scenarios).map(({ refutes, again }) =>
    [refutes.text, ...again.map(({ id }) => `seen again in ${id}`)].join("; "),
  );
  const blocks = [
    `### ${signs[run.outcome]} healproof: ${headline(run)}`,
    scenarios.length > 0 && [heading, ...scenarios.map(row)].join("\n"),
    odd.length > 0 && `#### What is not proven\n\n${odd.map(failure).join("\n")}`,
    refuted.length > 0 && `#### Refuted by this run\n\n${refuted.map((it) => `- ${plainText(it)}`).join("\n")}`,
    because.length > 0 &&
      `#### Shown by the controls\n\n${because.map(({ it, because }) => `- ${plainText(because)} (${plainText(controlSentence(it))})`).join("\n")}`,
    run.matrix && brokenHealers(run.matrix),
    run.notRun.length > 0 &&
      `#### Not run\n\n${notRunTexts(run.notRun)
        .map(({ lead, rest }) => `- ${plainText(lead)}: ${plainText(rest)}`)
        .join("\n")}`,
    `<sub>run ${plainText(run.id)}, healproof ${plainText(run.healproof)}; ${costText(run)}</sub>`,
  ];
  return `${blocks.filter((it) => typeof it === "string").join("\n\n")}\n`;
}

const heading = "| | Scenario | Verdict | Recovery | Budget | Healed by | Control |\n|---|---|---|---:|---:|---|---|";

function row(it: ScenarioJudgement): string {
  const { scenario, outcome } = it;
  const act = decidingAct(decidingTrial(it));
  const cells = [
    signs[outcome],
    `**${plainText(scenario)}**`,
    scenarioVerdictText(it),
    scenarioRecovery(it),
    act ? plain(act.budget) : "",
    act?.attribution.healer ?? "unknown",
    controlShort(it),
  ];
  return `| ${cells.join(" | ")} |`;
}

function failure(of: ScenarioJudgement): string {
  const { scenario, claim } = of;
  const trials = trialsOf(of).filter((it) => it.outcome !== "proven");
  return [
    `- **${plainText(scenario)}**: ${plainText(claim)}`,
    ...trials.map((it) => `  - ${upperFirst(trialPrefix(it))}${plainText(upperFirst(it.explanation))}`),
    ...notRunOf(of).map(({ text }) => `  - ${plainText(upperFirst(text))}`),
    ...trials.flatMap((it) => it.errors.map(({ text }) => `  - error: ${plainText(text)}`)),
  ].join("\n");
}

/** A row for each broken healer and, where nothing catches it, what was tried. */
function brokenHealers(matrix: MatrixJudgement): string {
  const healers = failuresFirst(matrix.healers);
  const of = (healer: string, state: MatrixCell["state"]) =>
    triedAgainst(matrix, healer)
      .filter((it) => it.state === state)
      .map((it) => plainText(it.scenario))
      .join(", ");
  const rows = healers.map(({ name, what, outcome }) => {
    const cells = [
      `**${plainText(name)}**: ${plainText(what)}`,
      of(name, "caught"),
      of(name, "missed"),
      of(name, "unsure"),
    ];
    return `| ${[signs[outcome], ...cells].join(" | ")} |`;
  });
  const odd = healers.filter((it) => it.outcome !== "proven");
  const tried = odd.flatMap(({ name, explanation }) => [
    `- **${plainText(name)}**: ${plainText(upperFirst(explanation))}`,
    ...triedAgainst(matrix, name).map((it) => `  - ${plainText(`${it.scenario}: ${cellWord(it)}: ${it.text}`)}`),
  ]);
  const idle = idleScenarios(matrix).map((it) => `- ${plainText(it)}`);
  return [
    `#### ${matrixHeadline(matrix)}`,
    ["| | Broken healer | Caught by | Missed by | Unsure |\n|---|---|---|---|---|", ...rows].join("\n"),
    ...(tried.length + idle.length > 0 ? [[...tried, ...idle].join("\n")] : []),
  ].join("\n\n");
}

/**
 * Text from outside as text: on one line, no markup, no table cell of its own. A zero-width space keeps `@name`, `#1` and
 * bare addresses from telling people, naming issues or becoming links.
 */
export function plainText(text: string): string {
  return visible(text)
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_[\]()|~$!]/g, (it) => `\\${it}`)
    .replace(/[@#](?=\w)|:(?=\/\/)|\bwww(?=\.)/gi, (it) => `${it}\u200b`)
    .trim();
}

import { styleText } from "node:util";
import type { Outcome, ScenarioJudgement, TrialJudgement } from "../judge/judgement.ts";
import type { BrokenHealerJudgement, MatrixJudgement } from "../judge/matrix.ts";
import { together } from "../judge/together.ts";
import { plain, trialPrefix } from "../judge/words.ts";
import { visible } from "./html.ts";
import { cellWord, idleScenarios, triedAgainst } from "./matrix-words.ts";
import type { RunRecord } from "./run-record.ts";
import { tabled, wrapped } from "./text-table.ts";
import {
  anyControlFailed,
  controlShort,
  costText,
  decidingAct,
  decidingTrial,
  failuresFirst,
  headline,
  notRunOf,
  notRunTexts,
  scenarioRecovery,
  scenarioVerdict,
  scenarioVerdictText,
  trialsOf,
} from "./words.ts";

/** A run as a terminal shows it. Colour only where it is asked for; text from outside cannot steer the terminal. */

export interface TextOptions {
  readonly colour: boolean;
  /** Columns. 80 looks good; less is taken as it comes. */
  readonly width: number;
}

const signs: Record<Outcome, string> = { proven: "✓", refuted: "✗", inconclusive: "?" };
const colours = { proven: "green", refuted: "red", inconclusive: "yellow" } as const;

type Paint = (style: "green" | "red" | "yellow" | "bold" | "dim", text: string) => string;

const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? styleText(style, text, { validateStream: false }) : text;

/** The table of verdicts, an explanation below it for each that is not proven, what was not run, and the cost. Ends with a line feed. */
export function summaryText(run: RunRecord, { colour, width }: TextOptions): string {
  const paint = painter(colour);
  const scenarios = failuresFirst(run.scenarios);
  const blocks = [
    table(scenarios, width, paint),
    ...scenarios.filter((it) => it.outcome !== "proven").map((it) => failure(it, width, paint)),
    run.matrix ? matrixBlock(run.matrix, width, paint) : "",
    notRun(run, width, paint),
    `${paint("bold", wrapped(headline(run), width).join("\n"))}\n${paint("dim", wrapped(costText(run), width).join("\n"))}`,
  ];
  return `${blocks.filter((it) => it !== "").join("\n\n")}\n`;
}

/**
 * One trial in one line, as it ends: `✓ app-hang/without-watchdog  did not come back in 15.0 s …`. What a trial on a stack that is
 * broken on purpose should come to is not known from it alone: `· app-hang/variant-watchdog-blind  refuted: did not come …`.
 */
export function trialLine(trial: TrialJudgement, { colour }: { readonly colour: boolean }): string {
  if (trial.variant !== undefined)
    return `· ${oneLine(trial.id)}  ${trial.outcome}: ${oneLine(trial.explanation).replace(/^inconclusive: /, "")}`;
  const sign = painter(colour)(colours[trial.outcome], signs[trial.outcome]);
  return `${sign} ${oneLine(trial.id)}  ${oneLine(trial.explanation)}`;
}

/** One broken healer in one line: `✓ watchdog-blind  caught by app-hang`. */
export function healerLine(healer: BrokenHealerJudgement, { colour }: { readonly colour: boolean }): string {
  const sign = painter(colour)(colours[healer.outcome], signs[healer.outcome]);
  return `${sign} ${oneLine(healer.name)}  ${oneLine(healer.explanation)}`;
}

/** A line for each broken healer; of those that nothing catches also what was tried, and which scenarios catch nothing at all. */
function matrixBlock(matrix: MatrixJudgement, width: number, paint: Paint): string {
  const healers = failuresFirst(matrix.healers);
  const rows = tabled([["  broken healer", ""], ...healers.map(healerCells)], width);
  const [heading = [], ...lines] = rows;
  const body = healers.flatMap((it, index) => {
    const sign = signs[it.outcome];
    const row = (lines[index] ?? []).join("\n").replace(sign, paint(colours[it.outcome], sign));
    if (it.outcome === "proven") return [row];
    const tried = triedAgainst(matrix, it.name).map((cell) => `${cell.scenario}: ${cellWord(cell)}: ${cell.text}`);
    return [
      row,
      ...[it.what, ...tried].flatMap((text) => wrapped(oneLine(text), width - 4).map((line) => `    ${line}`)),
    ];
  });
  const idle = idleScenarios(matrix).flatMap((text) => wrapped(oneLine(text), width));
  return [paint("dim", heading.join("\n").trimEnd()), ...body, ...idle].join("\n");
}

const healerCells = ({ outcome, name, explanation }: BrokenHealerJudgement): string[] => [
  `${signs[outcome]} ${oneLine(name)}`,
  oneLine(explanation),
];

function table(scenarios: readonly ScenarioJudgement[], width: number, paint: Paint): string {
  if (scenarios.length === 0) return "";
  const rows = scenarios.map((it) => {
    const act = decidingAct(decidingTrial(it));
    const sign = signs[it.outcome];
    return {
      paint: (line: string) => line.replace(sign, paint(colours[it.outcome], sign)),
      cells: [
        `${sign} ${oneLine(it.scenario)}`,
        scenarioVerdict(it).word,
        scenarioRecovery(it),
        act ? plain(act.budget) : "",
        act?.attribution.healer ?? "unknown",
        controlCell(it),
      ],
    };
  });
  const head = ["  scenario", "verdict", "recovery", "budget", "healed by", "control"];
  const [heading = [], ...lines] = tabled([head, ...rows.map((it) => it.cells)], width);
  if ([heading, ...lines].some((it) => it.some((line) => line.length > width)))
    return rows.map((it) => it.paint(listed(it.cells, width))).join("\n");
  const body = lines.map((it, index) => rows[index]?.paint(it.join("\n")) ?? "");
  return [paint("dim", heading.join("\n")), ...body].join("\n");
}

/** A terminal is narrow: several controls that came out as they must are only counted. */
function controlCell(it: ScenarioJudgement): string {
  const { length } = it.controls;
  return length > 1 && !anyControlFailed(it) ? `${length} of ${length} as they must` : controlShort(it);
}

/** A row where there is no room for columns. */
function listed([name = "", verdict, recovery, budget, healer, control]: readonly string[], width: number): string {
  const text = `${verdict}, ${recovery} (budget ${budget}), healed by ${healer}, control: ${control}`;
  return [name, ...wrapped(text, width - 4).map((it) => `    ${it}`)].join("\n");
}

function failure(it: ScenarioJudgement, width: number, paint: Paint): string {
  const { scenario, claim, again, outcome } = it;
  const odd = trialsOf(it).filter((it) => it.outcome !== "proven");
  const lines = odd.flatMap((it) => [
    ...wrapped(trialPrefix(it) + oneLine(it.explanation), width - 4),
    ...newErrors(it).flatMap((text) => wrapped(`error: ${oneLine(text)}`, width - 4)),
  ]);
  if (again.length > 0) lines.unshift(...wrapped(together(it).text, width - 4));
  for (const { text } of notRunOf(it)) lines.push(...wrapped(oneLine(text), width - 4));
  const main = decidingAct(decidingTrial(it));
  const verdict =
    main?.outcome === "proven" && odd.some((it) => it.control) ? "a control says otherwise" : scenarioVerdictText(it);
  const name = `${signs[outcome]} ${oneLine(scenario)}`;
  const fits = name.length + 2 + verdict.length <= width;
  return [
    paint(colours[outcome], name) + (fits ? `  ${verdict}` : ""),
    ...(fits ? [] : wrapped(verdict, width - 4)),
    ...wrapped(oneLine(claim), width - 4).map((it) => paint("dim", it)),
    ...lines,
  ].join("\n    ");
}

/** The errors that the explanation does not tell already. */
const newErrors = ({ errors, explanation }: TrialJudgement): string[] =>
  errors.map((it) => it.text).filter((it) => !explanation.includes(it.replace(/^[a-z-]+: /, "")));

function notRun(run: RunRecord, width: number, paint: Paint): string {
  if (run.notRun.length === 0) return "";
  const lines = notRunTexts(run.notRun).map(({ lead, rest }) =>
    wrapped(`${oneLine(lead)}: ${oneLine(rest)}`, width - 4).join("\n    "),
  );
  return [paint("bold", "not run"), ...lines.map((it) => `  - ${it}`)].join("\n");
}

/** On one line, and without what could steer a terminal. */
const oneLine = (text: string): string => visible(text).replace(/\s+/g, " ").trim();

import { exitCode, KnownError } from "../errors.ts";

/** Where in a file: line and column count from 1, the column in characters. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole line. */
  readonly text: string;
  /** Where a scenario names the part that this is in. */
  readonly usedAt?: Place;
}

/** One thing that is wrong with a scenario, said to the person who wrote it. */
export interface Problem {
  readonly message: string;
  /** Absent where there is no line to point at: a file that does not exist. */
  readonly at?: Place;
  /** Where it stands in a file that several scenarios share: for which of them it was found. */
  readonly usedBy?: readonly string[];
}

/** A step into a document: a key of a mapping, an index of a list. */
export type Path = readonly (string | number)[];

/** Finds a node of a document; where the path leads nowhere, its nearest ancestor. */
export type Locate<P = Place> = (path: Path, what?: "key" | "value") => P;

/** What is wrong, and where: as {@link Locate} tells it. */
export interface Found<P = Place> {
  readonly message: string;
  readonly at: P;
}

export function placeAt(file: string, text: string, offset: number): Place {
  const at = Math.max(0, Math.min(offset, text.length));
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return {
    file,
    line: text.slice(0, start).split("\n").length,
    column: [...text.slice(start, at)].length + 1,
    text: text.slice(start, end === -1 ? undefined : end).replace(/\r$/, ""),
  };
}

/** As a compiler says it: place and message, then the line with a caret. */
export function formatProblem({ message, at, usedBy = [] }: Problem): string {
  if (at === undefined) return message;
  const more = usedBy.length > 1 ? ` and ${usedBy.length - 1} more` : "";
  const used = usedBy.length > 0 ? ` (used by ${usedBy[0]}${more})` : "";
  const gutter = `  ${at.line} | `;
  const { shown, before } = window(at);
  const caret = `${" ".repeat(gutter.length - 2)}| ${before.replaceAll(/[^\t]/gu, " ")}^`;
  return `${positionOf(at)}  ${message}${used}\n${gutter}${shown}\n${caret}`;
}

/** `scenarios/app-crash.yaml:12:5` */
export const positionOf = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

const widest = 120;

/** The part of a long line that holds the caret; nothing in it can steer a terminal. */
function window({ text, column }: Place): { shown: string; before: string } {
  const characters = [...text.replaceAll(/[^\P{C}\t]/gu, "\u{fffd}")];
  const from = column <= widest ? 0 : column - widest / 2;
  return {
    shown: characters.slice(from, from + widest).join(""),
    before: characters.slice(from, column - 1).join(""),
  };
}

/** All problems, as one error. */
export function badScenarios(problems: readonly Problem[]): KnownError {
  const count = problems.length > 1 ? [`${problems.length} problems`] : [];
  return new KnownError("bad-scenario", [...problems.map(formatProblem), ...count].join("\n\n"), {
    exitCode: exitCode.usage,
  });
}

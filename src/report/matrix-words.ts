import type { MatrixCell, MatrixJudgement, MatrixScenario } from "../judge/matrix.ts";
import { listed } from "../judge/words.ts";

/** The phrases about broken healers that every report shares. */

/** `All 11 broken healers caught`, `9 of 11 broken healers caught, 1 hole, 1 open`. */
export function matrixHeadline({ healers }: MatrixJudgement): string {
  const count = (outcome: string) => healers.filter((it) => it.outcome === outcome).length;
  const [caught, holes, open] = [count("proven"), count("refuted"), count("inconclusive")];
  const all = healers.length;
  const first =
    caught === all
      ? all === 1
        ? "The broken healer is caught"
        : `All ${all} broken healers caught`
      : `${caught} of ${all} broken ${all === 1 ? "healer" : "healers"} caught`;
  return [first, holes > 0 && `${holes} ${holes === 1 ? "hole" : "holes"}`, open > 0 && `${open} open`]
    .filter((it) => it !== false)
    .join(", ");
}

/** What stands in a cell. Of what is unsure for a known reason, that too. */
export const cellWord = ({ state, reason }: MatrixCell): string =>
  reason === undefined ? state.replace("-", " ") : `${state}: ${reason}`;

/** What of a matrix is to be known besides its holes: scenarios that catch nothing. One sentence each. */
export function idleScenarios({ scenarios }: MatrixJudgement): string[] {
  const named = (role: MatrixScenario["role"]) => scenarios.filter((it) => it.role === role).map(({ name }) => name);
  const [nothing, unsure, alone] = [named("catches-nothing"), named("unsure"), named("not-concerned")];
  return [
    ...(nothing.length > 0 ? [`Caught nothing, though broken healers concern it: ${listed(nothing)}`] : []),
    ...(unsure.length > 0 ? [`Caught nothing for sure: ${listed(unsure)}`] : []),
    ...(alone.length > 0 ? [`No broken healer concerns ${listed(alone)}`] : []),
  ];
}

/** The cells of one broken healer in which something was tried. */
export const triedAgainst = ({ cells }: MatrixJudgement, healer: string): MatrixCell[] =>
  cells.filter((it) => it.healer === healer && !isIdle(it));

/** Nothing was tried in it. */
export const isIdle = ({ state }: Pick<MatrixCell, "state">): boolean =>
  state === "not-concerned" || state === "not-needed";

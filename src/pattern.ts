/** A pattern of a scenario as it is matched, whoever does it: `^` and `$` at each line. */
export const patternOf = (source: string): RegExp => new RegExp(source, "m");

/** A process as its /proc/PID/stat tells of it. */
export interface Stat {
  readonly pid: number;
  /** The program's name, at most 15 characters, which may hold anything. */
  readonly comm: string;
  readonly state: string;
  readonly parent: number;
  readonly startTicks: number;
}

/** Parses /proc/PID/stat. The name stands in parentheses and may itself hold some, and spaces and line ends: the last one counts. */
export function parseStat(text: string): Stat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  // From field 3 on.
  const fields = text.slice(close + 2).split(" ");
  const [state, parent] = fields;
  const stat = {
    pid: Number(text.slice(0, open)),
    comm: text.slice(open + 1, close),
    state: state ?? "",
    parent: Number(parent),
    startTicks: Number(fields[19]),
  };
  const whole = [stat.pid, stat.parent, stat.startTicks].every(Number.isSafeInteger) && /^[A-Za-z]$/.test(stat.state);
  return whole ? stat : undefined;
}

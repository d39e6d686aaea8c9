import { setTimeout as sleep } from "node:timers/promises";

/** Does it at once, and then each `everyMs`, for `forMs`; what takes longer delays the next. */
export async function everySoOften(everyMs: number, forMs: number, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  for (let nth = 1; ; nth++) {
    await work();
    const now = performance.now() - began;
    if (now >= forMs) return;
    await sleep(Math.max(0, Math.min(nth * everyMs, forMs) - now));
  }
}

export const mean = (of: readonly number[]): number => of.reduce((sum, it) => sum + it, 0) / of.length;

/** A Markdown table, its columns aligned. The first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((it, column) => it.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  const [heading = [], ...body] = rows;
  return [line(heading), line(widths.map((it) => "-".repeat(it))), ...body.map(line)].join("");
}

import { printable } from "../errors.ts";

/** Rows as aligned columns, the last one as long as it is. No rows are no text. What is in them may come from outside. */
export function columns(of: readonly (readonly string[])[]): string {
  const rows = of.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return lines.map((it) => `${it}\n`).join("");
}

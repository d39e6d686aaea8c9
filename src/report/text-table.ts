/** Text in columns and lines of a given width. Plain text in, plain text out. */

const gap = 2;
const length = (text: string): number => [...text].length;

/** Breaks at spaces, and inside a word only where it alone is too long. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(8, width);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((it) => pieces(it, most))) {
    if (line !== "" && length(line) + 1 + length(word) > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, most: number): string[] {
  const letters = [...word];
  return Array.from({ length: Math.max(1, Math.ceil(letters.length / most)) }, (_, index) =>
    letters.slice(index * most, (index + 1) * most).join(""),
  );
}

/**
 * Rows of cells as rows of lines, in aligned columns. Where they do not fit, cells are broken at spaces and hyphens: first in the
 * last column, which holds prose, then in those where that makes the table the least taller.
 */
export function tabled(rows: readonly (readonly string[])[], width: number): string[][] {
  const columns = Math.max(0, ...rows.map((it) => it.length));
  const of = (column: number) => rows.map((it) => it[column] ?? "");
  const widths = Array.from({ length: columns }, (_, column) => Math.max(0, ...of(column).map(length)));
  const least = widths.map((_, column) =>
    Math.max(0, ...of(column).flatMap((cell) => breakable(cell).map((it) => length(it.trimEnd())))),
  );
  const last = columns - 1;
  const total = () => widths.reduce((sum, it) => sum + it, gap * (columns - 1));
  const height = (of: readonly number[]) =>
    rows.reduce((sum, row) => sum + Math.max(...of.map((it, column) => filled(row[column] ?? "", it).length)), 0);
  while (total() > width) {
    const [cheapest] = widths
      .map((it, column) => ({ column, spare: it - (least[column] ?? it), height: height(widths.with(column, it - 1)) }))
      .filter((it) => it.spare > 0)
      .sort(
        (a, b) => Number(b.column === last) - Number(a.column === last) || a.height - b.height || b.spare - a.spare,
      );
    if (!cheapest) break;
    widths[cheapest.column] = (widths[cheapest.column] ?? 1) - 1;
  }
  return rows.map((row) => {
    const cells = widths.map((it, column) => filled(row[column] ?? "", it));
    const height = Math.max(1, ...cells.map((it) => it.length));
    return Array.from({ length: height }, (_, line) =>
      cells
        .map((cell, column) => pad(cell[line] ?? "", widths[column] ?? 0))
        .join(" ".repeat(gap))
        .trimEnd(),
    );
  });
}

/** A first cell's sign stays with its name, and a figure with its unit. */
const breakable = (cell: string): string[] =>
  cell.match(/(?:[✓✗?] |\d+(?:\.\d+)? (?=m?s\b)|[^\s-])+(?:-|\s*$|\s)|\s+/gu) ?? [cell];

function filled(cell: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  const hanging = /^[✓✗?] /u.test(cell) ? "  " : "";
  for (const piece of breakable(cell)) {
    if (line.trim() !== "" && length((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = hanging + piece;
    } else line += piece;
  }
  return [...lines, line.trimEnd()];
}

const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - length(text)));

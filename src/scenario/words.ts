import type { Path } from "./problem.ts";

/** The small words of which messages about a scenario are made. */

/** `recovery.when[0].metric`, `item 2.override`; the whole document is "a scenario". */
export function nameOf(path: Path): string {
  if (path.length === 0) return "a scenario";
  const [first, ...steps] = path;
  return steps.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}.${step}`),
    typeof first === "number" ? `item ${first + 1}` : String(first),
  );
}

/** `one of a, b`, or the only one. */
export function oneOf(values: readonly unknown[]): string {
  const texts = values.map(String);
  return texts.length === 1 ? String(texts[0]) : `one of ${texts.join(", ")}`;
}

/** A value in a few words. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** How much of it there is: what `amount` counts. */
export function size(value: unknown): string {
  return typeof value === "string" || Array.isArray(value) ? String(value.length) : show(value);
}

export function amount(count: number | bigint, origin: string): string {
  if (origin === "string") return `${count} characters`;
  if (origin === "array") return count === 1 ? "1 item" : `${count} items`;
  return String(count);
}

export const lowerFirst = (text: string) => text.replace(/^[A-Z](?![A-Z])/, (it) => it.toLowerCase());

/** Markup that may be put into a page as it is. Only {@link html} and {@link unescaped} make it. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
  toString(): string {
    return this.markup;
  }
}

export type Piece = string | number | Html | false | undefined | readonly Piece[];

/**
 * A template whose every `${…}` is escaped, in text and in attribute values between double quotes, in HTML and SVG alike.
 * Markup made by `html` passes as it is, arrays are joined, `false` and `undefined` are nothing.
 * What we write is also well-formed XML, so that a parser can check it.
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let markup = strings[0] ?? "";
  pieces.forEach((piece, index) => {
    markup += render(piece) + (strings[index + 1] ?? "");
  });
  return new Html(markup);
}

/** For constant text of our own (the style sheet). Never for anything that comes from outside. */
export const unescaped = (markup: string): Html => new Html(markup);

function render(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (piece instanceof Html) return piece.markup;
  if (typeof piece === "string") return escapeMarkup(piece);
  if (typeof piece === "number") return String(piece);
  return piece.map(render).join("");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes for HTML, SVG and XML. Control characters, which XML forbids and which can turn text around, become visible. */
export function escapeMarkup(text: string): string {
  return visible(text).replace(/[&<>"']/g, (it) => entities[it] ?? it);
}

/** Replaces control characters (all but tab and line feed), bidirectional overrides, lone surrogates and non-characters by U+FFFD. */
export function visible(text: string): string {
  return text.toWellFormed().replace(/(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, "\ufffd");
}

/** A sentence in which `words between backticks` are code. Everything is escaped. */
export const prose = (text: string): Piece =>
  text.split(/`([^`]+)`/).map((it, index) => (index % 2 === 1 ? html`<code>${it}</code>` : it));

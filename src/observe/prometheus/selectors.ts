/**
 * The series selectors in a PromQL expression, without ranges and offsets: `up{job="app"}` of `sum(rate(up{job="app"}[5s]))`.
 * No parser: of what Prometheus would refuse, anything may come.
 */
export function selectorsOf(expression: string): string[] {
  const found = new Set<string>();
  for (const [, list, name = "", matchers = "", call] of expression.matchAll(token)) {
    const isWord = matchers === "" && (name === "" || words.has(name.toLowerCase()));
    if (list === undefined && call === undefined && !isWord) found.add(`${name}${matchers}`);
  }
  return [...found];
}

const text = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\x60[^\x60]*\x60`;
const labels = String.raw`\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)`;
const selector = String.raw`(?:([a-zA-Z_:][\w:]*)|(?=\{))\s*(\{(?:${text}|[^}"'${"`"}])*\})?`;
/** Texts, ranges, comments, numbers (with units) and lists of labels are passed over whole, so that nothing in them is taken for a name. */
const token = new RegExp(String.raw`${text}|\[[^\]]*\]|#[^\n]*|\.?\d[\w.]*|(${labels})|${selector}\s*(\()?`, "gi");

const words = new Set([
  "and",
  "or",
  "unless",
  "atan2",
  "bool",
  "offset",
  "inf",
  "nan",
  "group_left",
  "group_right",
  // What may stand before a list of labels.
  "sum",
  "min",
  "max",
  "avg",
  "group",
  "count",
  "stddev",
  "stdvar",
  "topk",
  "bottomk",
  "quantile",
  "count_values",
  "limitk",
  "limit_ratio",
]);

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair } from "yaml";
import type { Entry, Source, Written } from "./written.ts";

/** From a YAML document to values that know their places. */

/** A key as a word; absent where it is a mapping, a list or nothing. */
export const keyOf = ({ key }: Pair): string | undefined =>
  isScalar(key) && key.value !== null && typeof key.value !== "object" ? String(key.value) : undefined;

export const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** The document's value. Its aliases must lead somewhere, and not into themselves. */
export function trace(document: Document, source: Source): Written {
  const traced = (node: unknown, otherwise: number): Written => {
    const spot = { source, offset: startOf(node) ?? otherwise };
    // What is behind an alias stands at its anchor, but was put here.
    if (isAlias(node)) return { ...traced(node.resolve(document), otherwise), spot };
    if (isSeq(node)) return { kind: "list", items: node.items.map((it) => traced(it, spot.offset)), spot };
    if (isMap(node)) return { kind: "mapping", entries: new Map(node.items.flatMap(entry)), spot };
    return { kind: "scalar", value: isScalar(node) ? node.value : null, spot };
  };
  const entry = (pair: Pair): [string, Entry][] => {
    const key = keyOf(pair);
    if (key === undefined) return [];
    const offset = startOf(pair.key) ?? 0;
    // Nothing at all after a key has no place of its own.
    const value = isScalar(pair.value) && pair.value.value === null && !pair.value.source ? undefined : pair.value;
    return [[key, { key: { source, offset }, value: traced(value, offset) }]];
  };
  return traced(document.contents, 0);
}

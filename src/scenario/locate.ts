import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { Path } from "./problem.ts";

/** A key as a word; absent where it is a mapping, a list or nothing. */
export const keyOf = ({ key }: Pair): string | undefined =>
  isScalar(key) && key.value !== null && typeof key.value !== "object" ? String(key.value) : undefined;

export const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** Where in the text the node at a path begins; where the path leads nowhere, its nearest ancestor. */
export function offsetOf(document: Document, path: Path, what: "key" | "value"): number {
  let offset = startOf(document.contents) ?? 0;
  let node: Node | undefined | null = document.contents;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const next = stepInto(node, step);
    if (next === undefined) return offset;
    const wantsKey = what === "key" && depth === path.length - 1;
    offset = (wantsKey ? undefined : next.value) ?? next.key ?? offset;
    node = next.node;
  }
  return offset;
}

interface Step {
  readonly node: Node | undefined;
  readonly key?: number | undefined;
  readonly value?: number | undefined;
}

function stepInto(node: unknown, step: string | number): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return isNode(item) ? { node: item, value: startOf(item) } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((it) => keyOf(it) === String(step));
  if (!pair) return undefined;
  const { value } = pair;
  const empty = isScalar(value) && value.value === null && !value.source;
  return { node: isNode(value) ? value : undefined, key: startOf(pair.key), value: empty ? undefined : startOf(value) };
}

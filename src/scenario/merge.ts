import type { Entry, Written, WrittenMapping } from "./written.ts";

/** Of these a scenario has one: where it writes one of them, defaults for the others are none of its business. */
const alternatives = [
  ["fault", "faults"],
  ["recovery", "escalation", "holds"],
] as const;

/** What is under these is one thing: the nearer one replaces the other, key by key would make a mixture of both. */
const whole: readonly string[] = ["fault"];

/**
 * What a file says over what one further up says: key by key, deep for mappings, everything else replaced. A key with nothing after
 * it takes away what would otherwise hold.
 */
export function merged(near: WrittenMapping, far: WrittenMapping, mixes = mixable): WrittenMapping {
  const entries = new Map([...far.entries].filter(([key]) => !isReplaced(key, near)));
  for (const [key, entry] of near.entries) {
    const other = far.entries.get(key);
    if (other !== undefined && isNothing(entry.value)) entries.delete(key);
    else entries.set(key, other === undefined ? entry : mergedEntry(key, entry, other, mixes));
  }
  return { kind: "mapping", entries, spot: near.spot };
}

/** Each part is one thing too, whatever it is called. */
const mixable = (key: string) => !whole.includes(key);
const mixesNothing = () => false;

function mergedEntry(key: string, near: Entry, far: Entry, mixes: typeof mixable): Entry {
  if (near.value.kind !== "mapping" || far.value.kind !== "mapping" || !mixes(key)) return near;
  return { key: near.key, value: merged(near.value, far.value, key === "parts" ? mixesNothing : mixable) };
}

const isReplaced = (key: string, near: WrittenMapping) =>
  alternatives.some(
    (group) => group.some((it) => it === key) && !near.entries.has(key) && group.some((it) => near.entries.has(it)),
  );

const isNothing = (written: Written) => written.kind === "scalar" && written.value === null;

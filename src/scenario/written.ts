import { type Locate, type Path, type Place, placeAt } from "./problem.ts";

/**
 * A value as files write it. Each part of it knows its place, so that values of several files can be put together and what is
 * wrong with one is still pointed at where it is written.
 */
export type Written = WrittenScalar | WrittenList | WrittenMapping;

export interface WrittenScalar extends Somewhere {
  readonly kind: "scalar";
  readonly value: unknown;
}

export interface WrittenList extends Somewhere {
  readonly kind: "list";
  readonly items: readonly Written[];
}

export interface WrittenMapping extends Somewhere {
  readonly kind: "mapping";
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Spot;
  readonly value: Written;
}

interface Somewhere {
  readonly spot: Spot;
  /** Where the name stands in whose place this was put. */
  readonly use?: Spot;
}

/** A place that is not worked out before somebody asks for it. */
export interface Spot {
  readonly source: Source;
  readonly offset: number;
}

export interface Source {
  /** As people read it. */
  readonly file: string;
  /** The folder that paths in it start from; absolute. */
  readonly folder: string;
  readonly text: string;
}

export const placeOf = ({ source, offset }: Spot): Place => placeAt(source.file, source.text, offset);

/** The plain value. */
export function plainOf(written: Written): unknown {
  switch (written.kind) {
    case "scalar":
      return written.value;
    case "list":
      return written.items.map(plainOf);
    case "mapping":
      return Object.fromEntries([...written.entries].map(([key, { value }]) => [key, plainOf(value)]));
  }
}

/** A key's value in a mapping. */
export const entryOf = (written: Written | undefined, key: string): Entry | undefined =>
  written?.kind === "mapping" ? written.entries.get(key) : undefined;

/** Finds places in it; where a path leads nowhere, the place of its nearest ancestor. */
export const locatorOf =
  (root: Written): Locate =>
  (path, what = "value") => {
    const { spot, use } = spotAt(root, path, what);
    return use === undefined ? placeOf(spot) : { ...placeOf(spot), usedAt: placeOf(use) };
  };

function spotAt(root: Written, path: Path, what: "key" | "value"): Somewhere {
  let here = root;
  let { spot, use } = root;
  for (const [depth, step] of path.entries()) {
    const next = stepInto(here, step);
    if (next === undefined) break;
    here = next.value;
    spot = (what === "key" && depth === path.length - 1 ? next.key : undefined) ?? here.spot;
    use ??= here.use;
  }
  return use === undefined ? { spot } : { spot, use };
}

function stepInto(written: Written, step: string | number): { key?: Spot; value: Written } | undefined {
  if (written.kind === "mapping") return written.entries.get(String(step));
  const item = written.kind === "list" ? written.items[Number(step)] : undefined;
  return item === undefined ? undefined : { value: item };
}

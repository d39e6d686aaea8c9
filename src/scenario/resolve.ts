import { isAbsolute, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { isFilePath } from "./file-path.ts";
import type { Problem } from "./problem.ts";
import { closest } from "./suggest.ts";
import { acceptsText, child, headOf, unwrap } from "./walk.ts";
import { oneOf } from "./words.ts";
import { type Entry, placeOf, plainOf, type Written, type WrittenScalar } from "./written.ts";

/**
 * Names become what they stand for, and paths start from the scenario's own folder. In a list whose items are mappings a plain
 * text is the name of a part; which lists those are is read off the schema, so any list that it has or will have can hold names.
 */

export interface Resolved {
  readonly written: Written;
  readonly problems: readonly Problem[];
  /** The names of the parts that were put in somewhere. */
  readonly used: ReadonlySet<string>;
}

type Parts = ReadonlyMap<string, Entry>;

/** More items than any scenario has: parts of parts of parts. */
const mostItems = 1000;

export function resolveParts(written: Written, parts: Parts, schema: z.ZodType, folder: string): Resolved {
  const problems: Problem[] = [];
  const used = new Set<string>();
  let put = 0;

  const visit = (it: Written, schema: z.ZodType | undefined, within: readonly string[]): Written => {
    const node = unwrap(schema);
    switch (it.kind) {
      case "scalar":
        return isFilePath(node) ? moved(it, folder) : it;
      case "list": {
        const item = node instanceof z.ZodArray ? child(node, undefined, 0) : undefined;
        return { ...it, items: it.items.flatMap((one) => visitItem(one, item, within)) };
      }
      case "mapping": {
        const value = plainOf(it);
        const entries = [...it.entries].map(([key, entry]): [string, Entry] => [
          key,
          { key: entry.key, value: visit(entry.value, child(node, value, key), within) },
        ]);
        return { ...it, entries: new Map(entries) };
      }
    }
  };

  const visitItem = (it: Written, schema: z.ZodType | undefined, within: readonly string[]): Written[] => {
    if (it.kind !== "scalar" || typeof it.value !== "string" || schema === undefined || acceptsText(schema))
      return [visit(it, schema, within)];
    const name = it.value;
    const say = (message: string): Written[] => {
      problems.push({ message, at: placeOf(it.spot) });
      return [it];
    };
    const part = parts.get(name)?.value;
    if (part === undefined) return say(noSuchPart(name, [...parts.keys()], schema));
    if (within.includes(name)) return say(`the part ${JSON.stringify(name)} contains itself: ${circle(within, name)}`);
    used.add(name);
    const items = part.kind === "list" ? part.items : [part];
    put += items.length;
    if (put > mostItems) return put - items.length > mostItems ? [] : say(`parts put in more than ${mostItems} items`);
    return items.flatMap((one) => visitItem(one, schema, [...within, name])).map((one) => ({ ...one, use: it.spot }));
  };

  return { written: visit(written, schema, []), problems, used };
}

const circle = (within: readonly string[], name: string) => [...within.slice(within.indexOf(name)), name].join(" > ");

function noSuchPart(name: string, names: readonly string[], item: z.ZodType): string {
  const wanted = `a mapping${headsOf(item)} or the name of a part`;
  if (names.length === 0) return `wanted ${wanted}; got ${JSON.stringify(name)}, and no parts are defined`;
  const near = closest(name, names);
  const hint =
    near === undefined ? `; wanted ${wanted}: ${names.join(", ")}` : `; did you mean ${JSON.stringify(near)}?`;
  return `no part is called ${JSON.stringify(name)}${hint}`;
}

function headsOf(item: z.ZodType): string {
  const node = unwrap(item);
  const branches = node instanceof z.ZodUnion ? node.options : [node];
  const heads = branches.flatMap((it) => (it instanceof z.ZodObject ? [headOf(it)] : []));
  return heads.length > 1 ? ` with ${oneOf(heads)}` : "";
}

/** A path that is written in another folder, as one would write it here. */
function moved(it: WrittenScalar, folder: string): WrittenScalar {
  const from = it.spot.source.folder;
  if (typeof it.value !== "string" || it.value === "" || isAbsolute(it.value) || from === folder) return it;
  return { ...it, value: relative(folder, resolve(from, it.value)).split(sep).join("/") || "." };
}

import { z } from "zod";
import type { Found, Locate, Path } from "./problem.ts";
import { closest, didYouMean } from "./suggest.ts";
import { descend, has, headOf, isMissing, keysOf, meantBranch } from "./walk.ts";
import { amount, lowerFirst, nameOf, oneOf, show, size } from "./words.ts";

/**
 * What zod finds wrong with a value, said to the person who wrote it: at the right place, about what was meant.
 * Of a union only the branch that was meant is looked at.
 */
export function explain<P>(schema: z.ZodType, value: unknown, at: Locate<P>): Found<P>[] {
  return problemsOf(schema, value, []).map(({ message, path, what }) => ({ message, at: at(path, what) }));
}

interface Finding {
  readonly message: string;
  readonly path: Path;
  readonly what?: "key" | "value";
  /** Of an unknown key: the one that was probably meant. */
  readonly meant?: Path | undefined;
  /** Of something absent, or wrong about the whole: what it is about. */
  readonly about?: Path;
  /** Two findings that share this are one; the path unless told. */
  readonly once?: string;
}

type Issue = z.core.$ZodIssue;

function problemsOf(schema: z.ZodType, value: unknown, base: Path): Finding[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  const findings = result.error.issues.flatMap((issue) => findingsOf(schema, value, base, issue));
  // A key that is misspelt is neither missing, nor is what else is wrong without it worth a word.
  const renamed = findings.flatMap(({ meant }) =>
    meant === undefined ? [] : [textOf(meant), textOf(meant.slice(0, -1))],
  );
  const told = new Set<string>();
  return findings.filter(({ path, about, once = textOf(path) }) => {
    if (about !== undefined && renamed.includes(textOf(about))) return false;
    if (told.has(once)) return false;
    told.add(once);
    return true;
  });
}

const textOf = (path: Path) => JSON.stringify(path);

function findingsOf(schema: z.ZodType, whole: unknown, base: Path, issue: Issue): Finding[] {
  const inner = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const path = [...base, ...inner];
  const { node, value } = descend(schema, whole, inner);
  const name = nameOf(path);

  if (issue.code !== "custom" && isMissing(whole, inner)) {
    const parent = path.slice(0, -1);
    const about = node?.description === undefined ? "" : ` (${lowerFirst(node.description)})`;
    const message = `missing key ${JSON.stringify(inner.at(-1))} in ${nameOf(parent)}${about}`;
    return [{ message, path: parent, about: path, once: message }];
  }
  if (node instanceof z.ZodUnion && node.options.every((it) => it instanceof z.ZodObject))
    return unionFindings(node, value, path);
  const prefix = path.length === 0 ? "" : `${name}: `;
  const say = (message: string): Finding[] => [{ message: `${prefix}${message}`, path }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(node, value, path, key));
    case "invalid_type":
      return say(`wanted ${wantedOf(node, value, issue.expected)}; got ${show(value)}`);
    case "invalid_value":
      // What is not zod's own says more than which values there are.
      if (!issue.message.startsWith("Invalid ")) return say(issue.message);
      return say(
        `wanted ${oneOf(issue.values)}; got ${show(value)}${didYouMean(String(value), issue.values.map(String))}`,
      );
    case "invalid_format":
      return say(`wanted ${issue.message}; got ${show(value)}`);
    case "invalid_key":
      return [{ message: `${prefix}wanted ${issue.issues[0]?.message}`, path, what: "key" }];
    case "too_small":
      return say(`wanted at least ${amount(issue.minimum, issue.origin)}; got ${size(value)}`);
    case "too_big":
      return say(`wanted at most ${amount(issue.maximum, issue.origin)}; got ${size(value)}`);
    default:
      return [{ message: `${prefix}${issue.message}`, path, about: path }];
  }
}

function unknownKey(node: z.ZodType | undefined, value: unknown, path: Path, key: string): Finding {
  const at = { path: [...path, key], what: "key" } as const;
  const known = node instanceof z.ZodObject ? Object.keys(node.shape) : [];
  const meant = closest(
    key,
    known.filter((it) => !has(value, it)),
  );
  const hint = meant === undefined ? `; known here: ${known.join(", ")}` : `; did you mean ${JSON.stringify(meant)}?`;
  return {
    ...at,
    message: `unknown key ${JSON.stringify(key)} in ${nameOf(path)}${hint}`,
    meant: meant === undefined ? undefined : [...path, meant],
  };
}

function unionFindings(union: z.ZodUnion, value: unknown, path: Path): Finding[] {
  const branches = union.options.filter((it) => it instanceof z.ZodObject);
  const heads = branches.map(headOf);
  const [key, ...more] = keysOf(value);
  if (key === undefined)
    return [{ message: `${nameOf(path)}: wanted a mapping with ${oneOf(heads)}; got ${show(value)}`, path }];
  const atKey = (message: string, it: string): Finding[] => [{ message, path: [...path, it], what: "key" }];

  // A choice by the only key, such as a fault: the key is the kind.
  if (branches.every((it) => Object.keys(it.shape).length === 1)) {
    const kind = String(path.at(-1));
    const unknown = [key, ...more].find((it) => !heads.includes(it));
    if (unknown !== undefined)
      return atKey(
        `unknown ${kind} ${JSON.stringify(unknown)}; wanted ${oneOf(heads)}${didYouMean(unknown, heads)}`,
        unknown,
      );
    if (more[0] !== undefined) return atKey(`wanted one ${kind}; got ${[key, ...more].join(" and ")}`, more[0]);
  }
  const branch = meantBranch(union, value);
  if (branch === undefined)
    return atKey(`unknown key ${JSON.stringify(key)} in ${nameOf(path)}; wanted ${oneOf(heads)}`, key);
  const other = heads.find((it) => !Object.hasOwn(branch.shape, it) && has(value, it));
  if (other !== undefined)
    return atKey(`${JSON.stringify(other)} does not go together with ${JSON.stringify(headOf(branch))}`, other);
  return problemsOf(branch, value, path);
}

const types: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

/** What a node wants, from what it says to a text that it does not like: a number where a duration belongs lacks its unit. */
function wantedOf(node: z.ZodType | undefined, value: unknown, expected: string): string {
  if (
    expected === "string" &&
    node !== undefined &&
    (value === null || typeof value === "number" || typeof value === "boolean")
  ) {
    const asText = node.safeParse(String(value ?? ""));
    if (asText.success && value !== null) return `text, in quotes: "${value}"`;
    const issue = asText.error?.issues[0];
    if (issue?.code === "invalid_format") return issue.message;
  }
  return types[expected] ?? expected;
}

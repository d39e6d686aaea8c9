import { isUtf8 } from "node:buffer";
import { type Alias, type Document, isScalar, parseDocument, visit, type YAMLError } from "yaml";
import { messageOf } from "../errors.ts";
import { keyOf, offsetOf, startOf } from "./locate.ts";
import { type Locate, type Problem, placeAt, positionOf } from "./problem.ts";
import { notUtf8 } from "./utf8.ts";

/** A YAML file as data, with the way back from each datum to its place. */
export interface Parsed {
  /** Absent where the file is no YAML at all. */
  readonly value?: unknown;
  readonly at: Locate;
  readonly problems: readonly Problem[];
}

const largestBytes = 256 * 1024;
const mostAliases = 100;
const noPlainKey = "a key must be a plain word";
const tooDeep = "nested too deeply to be a scenario";

const aScenario = "a scenario: name, claim, stack, fault, recovery, controls";

export function parseYaml(file: string, bytes: Uint8Array, wanted = aScenario): Parsed {
  const start = () => placeAt(file, "", 0);
  if (bytes.length > largestBytes)
    return { at: start, problems: [{ message: `${file} is too large: wanted at most ${largestBytes / 1024} KiB` }] };
  if (!isUtf8(bytes)) return { at: start, problems: [notUtf8(file, bytes)] };
  const text = new TextDecoder().decode(bytes);
  try {
    return parseText(file, text, wanted);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return { at: start, problems: [{ message: tooDeep, at: placeAt(file, text, 0) }] };
  }
}

function parseText(file: string, text: string, wanted: string): Parsed {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  const placed = (offset: number) => placeAt(file, text, offset);
  const at: Locate = (path, what = "value") => placed(offsetOf(document, path, what));

  const broken = document.errors.find((error) => error.code !== "DUPLICATE_KEY") ?? document.warnings[0];
  if (broken)
    return {
      at,
      problems: [
        { message: syntaxMessage(broken), at: placed(broken.code === "RESOURCE_EXHAUSTION" ? 0 : broken.pos[0]) },
      ],
    };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return {
      at,
      problems: [{ message: `the file is empty; wanted ${wanted}`, at: placed(0) }],
    };

  const unusable = aliasProblems(document);
  if (unusable.length > 0)
    return { at, problems: unusable.map(({ message, offset }) => ({ message, at: placed(offset) })) };
  const problems = keyProblems(document).map(({ message, offset, first }) => ({
    message: first === undefined ? message : `${message}; the first is at ${positionOf(placed(first))}`,
    at: placed(offset),
  }));
  if (problems.some((it) => it.message === noPlainKey)) return { at, problems };
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }), at, problems };
  } catch (thrown) {
    if (!(thrown instanceof ReferenceError)) throw thrown;
    return { at, problems: [...problems, { message: `aliases: ${messageOf(thrown)}`, at: placed(0) }] };
  }
}

function syntaxMessage({ code, message }: YAMLError): string {
  if (code === "RESOURCE_EXHAUSTION") return tooDeep;
  if (code === "TAB_AS_INDENT") return "a tab is used as indentation; YAML wants spaces";
  if (code === "MULTIPLE_DOCS") return "a second document begins here; wanted one scenario in each file";
  return `not valid YAML: ${message.replace(/^./, (it) => it.toLowerCase())}`;
}

interface Finding {
  readonly message: string;
  readonly offset: number;
  /** Where the same was said before. */
  readonly first?: number;
}

/** Aliases that lead nowhere, into themselves, or are too many. */
function aliasProblems(document: Document): Finding[] {
  const findings: Finding[] = [];
  let aliases = 0;
  visit(document, {
    Alias(_, alias: Alias, ancestors) {
      const offset = alias.range?.[0] ?? 0;
      if (++aliases > mostAliases) {
        findings.push({ message: `more than ${mostAliases} aliases in one scenario`, offset });
        return visit.BREAK;
      }
      const target = alias.resolve(document);
      if (target === undefined) findings.push({ message: `no anchor &${alias.source} before this alias`, offset });
      else if (ancestors.includes(target)) findings.push({ message: `*${alias.source} contains itself`, offset });
      return undefined;
    },
  });
  return findings;
}

/** Keys that are no plain words, or that come twice in one mapping. */
function keyProblems(document: Document): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, number>();
      for (const pair of map.items) {
        const key = keyOf(pair);
        const offset = startOf(pair.key) ?? map.range?.[0] ?? 0;
        const first = key === undefined ? undefined : seen.get(key);
        if (key === undefined) findings.push({ message: noPlainKey, offset });
        else if (key === "__proto__") findings.push({ message: `unknown key "__proto__"`, offset });
        else if (first !== undefined) findings.push({ message: `the key "${key}" is here twice`, offset, first });
        else seen.set(key, offset);
      }
    },
  });
  return findings;
}

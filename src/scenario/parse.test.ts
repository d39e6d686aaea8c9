import { expect, test } from "vitest";
import { goodText, goodTextWith, refused } from "./testing.ts";

/** What is no YAML, or YAML that no scenario needs. */

const bytes = (...parts: readonly (string | number)[]) =>
  Buffer.concat(parts.map((it) => (typeof it === "string" ? Buffer.from(it) : Buffer.of(it))));

test("a bracket that is not closed", async () => {
  expect(await refused(goodTextWith(["tags: [gate]", "tags: [gate"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:4:1  not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]
      4 | stack:
        | ^
    "
  `);
});

test("a quote that is not closed", async () => {
  expect(await refused(goodTextWith(['job="app"}\'', 'job="app"}']))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:12:40  not valid YAML: missing closing 'quote
      12 |     - { metric: 'up{job="app"}, is: 1 }
         |                                        ^
    "
  `);
});

test("a key twice: the second is pointed at, the first is named", async () => {
  expect(
    await refused(goodTextWith(["  healedBy: restart-policy", "  healedBy: restart-policy\n  within: 6s"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:11:3  the key "within" is here twice; the first is at scenarios/it.yaml:9:3
      11 |   within: 6s
         |   ^
    "
  `);
});

test("a tab as indentation", async () => {
  expect(await refused(goodTextWith(["  within: 5s", "\twithin: 5s"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:1  a tab is used as indentation; YAML wants spaces
      9 | 	within: 5s
        | ^
    "
  `);
});

test("a colon in a text without quotes", async () => {
  expect(await refused(goodTextWith(["claim: When", "claim: Claim: when"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:2:8  not valid YAML: nested mappings are not allowed in compact mappings
      2 | claim: Claim: when the app is killed, it is back within 5 s
        |        ^
    "
  `);
});

test("an empty file", async () => {
  expect(await refused("")).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  the file is empty; wanted a scenario: name, claim, stack, fault, recovery, controls
      1 | 
        | ^
    "
  `);
});

test("a file of comments only", async () => {
  expect(await refused("# yaml-language-server: $schema=x\n\n")).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  the file is empty; wanted a scenario: name, claim, stack, fault, recovery, controls
      1 | # yaml-language-server: $schema=x
        | ^
    "
  `);
});

test("a second document in the file", async () => {
  expect(await refused(`${goodText}---\n${goodText}`)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:21:1  a second document begins here; wanted one scenario in each file
      21 | ---
         | ^
    "
  `);
});

test("a file in Latin-1: the very byte", async () => {
  expect(
    await refused(bytes("name: app-crash\nclaim: Der Dienst \u00fcberlebt, caf", 0xe9, " auch\n")),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:2:32  the file is not UTF-8 text: byte 0xe9
      2 | claim: Der Dienst überlebt, caf� auch
        |                                ^
    "
  `);
});

test("a file in UTF-16", async () => {
  expect(await refused(Buffer.from(`\ufeff${goodText}`, "utf16le"))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  the file is not UTF-8 text: byte 0xff
      1 | ��n�a�m�e�:� �a�p�p�-�c�r�a�s�h�
        | ^
    "
  `);
});

test("a file of an unlikely size", async () => {
  expect(await refused(`#${"x".repeat(300_000)}`)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml is too large: wanted at most 256 KiB
    "
  `);
});

test("a tag of YAML's", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within: !seconds 5"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:11  not valid YAML: unresolved tag: !seconds
      9 |   within: !seconds 5
        |           ^
    "
  `);
});

test("a key that is no plain word", async () => {
  expect(await refused(goodTextWith(["tags: [gate]", "? [tags]\n: [gate]"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:3:3  a key must be a plain word
      3 | ? [tags]
        |   ^
    "
  `);
});

test("an alias of an anchor that is not there", async () => {
  expect(await refused(goodTextWith(["within: 5s", "within: *budget"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:11  no anchor &budget before this alias
      9 |   within: *budget
        |           ^
    "
  `);
});

test("an alias within its own anchor", async () => {
  expect(await refused(goodTextWith(["tags: [gate]", "tags: &tags [gate, *tags]"]))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:3:20  *tags contains itself
      3 | tags: &tags [gate, *tags]
        |                    ^
    "
  `);
});

test("aliases of aliases are not followed without end", async () => {
  expect(
    await refused(
      `bomb:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, i) => `  - &a${i + 1} [${`*a${i}, `.repeat(10)}]\n`).join("")}`,
    ),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  aliases: Excessive alias count indicates a resource exhaustion attack
      1 | bomb:
        | ^
    "
  `);
});

test("more aliases than a scenario needs", async () => {
  expect(await refused(`a: &a x\nb: [${"*a, ".repeat(101)}]\n`)).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:2:405  more than 100 aliases in one scenario
      2 | a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, ]
        |                                                            ^
    "
  `);
});

test("lists within lists without end", async () => {
  expect(await refused("[".repeat(100_000))).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:1:1  nested too deeply to be a scenario
      1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        | ^
    "
  `);
});

test("anchors and aliases that a person would write are followed", async () => {
  const text = goodTextWith(["within: 5s", "within: &budget 5s"], ["stableFor: 3s", "stableFor: *budget"]);
  expect(await refused(text)).toBe("not refused");
});

test("a byte order mark and Windows line ends do no harm", async () => {
  expect(await refused(`\ufeff${goodText.replaceAll("\n", "\r\n")}`)).toBe("not refused");
});

test("a problem behind an alias is pointed at where it is written", async () => {
  expect(
    await refused(goodTextWith(["within: 5s", "within: &budget 5"], ["stableFor: 3s", "stableFor: *budget"])),
  ).toMatchInlineSnapshot(`
    "
    scenarios/it.yaml:9:19  recovery.within: wanted a duration with its unit, such as 250ms, 5s or 2m; got 5
      9 |   within: &budget 5
        |                   ^

    scenarios/it.yaml:14:14  recovery.stableFor: wanted a duration with its unit, such as 250ms, 5s or 2m; got 5
      14 |   stableFor: *budget
         |              ^

    2 problems
    "
  `);
});

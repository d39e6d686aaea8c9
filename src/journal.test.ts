import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KnownError } from "./errors.ts";
import { type Fact, headerOf, type Journal, journalVersion, parseJournal, recordsOf } from "./journal.ts";
import { JournalWriter, readJournal } from "./journal-file.ts";
import { actOf, planOf, tell } from "./judge/testing/journal-builder.ts";
import { instant } from "./time.ts";

const text = tell()
  .map((it) => JSON.stringify(it))
  .join("\n")
  .concat("\n");
const lines = text.split("\n").slice(0, -1);

function badness(journal: string): string {
  try {
    parseJournal(journal, "j.ndjson");
  } catch (thrown) {
    if (thrown instanceof KnownError) return thrown.toString();
    throw thrown;
  }
  return "none";
}

describe("reading", () => {
  test("gives back what was written, its plan included", () => {
    const journal = parseJournal(text, "j.ndjson");
    expect(journal).toEqual(tell());
    expect(headerOf(journal).plan).toEqual(planOf([actOf()]));
  });

  test("gives back the delay that was drawn before a fault; an older journal has none", () => {
    const drawn = parseJournal(text.replace('"phase":"steady","edge":"begin"', '$&,"delayMs":731'), "j.ndjson");
    const begun = (it: Journal) => recordsOf(it, "phase").find(({ phase }) => phase === "steady");
    expect(begun(drawn)?.delayMs).toBe(731);
    expect(begun(parseJournal(text, "j.ndjson"))?.delayMs).toBeUndefined();
  });

  test("a last line that was cut off is dropped, wherever it was cut", () => {
    const [last = ""] = lines.slice(-1);
    const whole = lines.slice(0, -1);
    for (let length = 1; length <= last.length; length++)
      expect(parseJournal([...whole, last.slice(0, length)].join("\n"), "j")).toHaveLength(whole.length);
  });

  test.each([
    [
      "a line that is not JSON",
      [...lines.slice(0, 3), "{", ...lines.slice(4)].join("\n").concat("\n"),
      "j.ndjson:4",
      "not JSON",
    ],
    [
      "a line of an unknown kind",
      [lines[0], '{"seq":1,"at":0,"kind":"gossip"}', ""].join("\n"),
      "j.ndjson:2",
      "at kind",
    ],
    [
      "an unknown key",
      [lines[0], '{"seq":1,"at":0,"kind":"end","outcome":"completed","x":1}', ""].join("\n"),
      "j.ndjson:2",
      "x",
    ],
    ["a missing line", [...lines.slice(0, 3), ...lines.slice(4), ""].join("\n"), "j.ndjson:4", "its seq is 4, not 3"],
    ["another version", text.replace(`"version":${journalVersion}`, '"version":99'), "j.ndjson:1", "version"],
    [
      "a header that is missing",
      `${lines[1]?.replace(/"seq":1/, '"seq":0')}\n`,
      "j.ndjson:1",
      "the header is the first line",
    ],
    ["a second header", [lines[0], lines[0]?.replace('"seq":0', '"seq":1'), ""].join("\n"), "j.ndjson:2", "only that"],
    ["nothing", "", "j.ndjson:1", "empty"],
    ["a first line that was cut off", '{"seq":0,', "j.ndjson:1", "cut off"],
  ])("%s is an error with its place", (_, journal, place, reason) => {
    const error = badness(journal);
    expect(error).toContain(place);
    expect(error).toContain(reason);
  });
});

describe("writing", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const header: Fact = {
    ...headerOf(tell()),
    plan: planOf([actOf()]),
    kind: "header",
  };

  test("numbers the lines, stamps them to the microsecond, and keeps what a reader would read", () => {
    const file = join(folder, "j.ndjson");
    let now = 0;
    const { seq: _, at: __, ...first } = headerOf(tell());
    {
      using writer = new JournalWriter(file, () => instant(now));
      writer.write(first);
      now = 12.345_678;
      const written = writer.write({ kind: "end", outcome: "completed" }, { flush: true });
      expect(written).toEqual({ seq: 1, at: 12.346, kind: "end", outcome: "completed" });
      expect(readJournal(file)).toEqual(writer.records);
    }
    expect(recordsOf(readJournal(file), "end")).toHaveLength(1);
    expect(readFileSync(file, "utf8").endsWith("\n")).toBe(true);
  });

  test("a fact cannot bring a number or a time of its own", () => {
    const file = join(folder, "j.ndjson");
    using writer = new JournalWriter(file, () => instant(7));
    writer.write(header);
    expect(writer.records[0]).toMatchObject({ seq: 0, at: 7 });
  });

  test("refuses to continue a journal that is there", () => {
    const file = join(folder, "j.ndjson");
    new JournalWriter(file, () => instant(0))[Symbol.dispose]();
    expect(() => new JournalWriter(file, () => instant(0))).toThrow("EEXIST");
  });

  test("a line that cannot be read back is refused before it is on the disk", () => {
    const file = join(folder, "j.ndjson");
    using writer = new JournalWriter(file, () => instant(0));
    expect(() => writer.write({ kind: "samples", series: "s", items: [[Number.NaN, 0, 0]] })).toThrow();
    expect(readFileSync(file, "utf8")).toBe("");
  });
});

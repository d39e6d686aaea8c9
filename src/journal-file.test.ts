import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/**
 * Writes three lines in a process that may at first make no file longer than 1 kB, by the kernel: beyond it a write is cut short, and the
 * next one fails, as on a disk that is nearly full. The second line is too long for that, and then there is room again. Says what failed.
 */
function writeWithLittleRoom(file: string): string {
  const script = `
    import { spawnSync } from "node:child_process";
    import { JournalWriter } from ${JSON.stringify(new URL("./journal-file.ts", import.meta.url).href)};
    const writer = new JournalWriter(${JSON.stringify(file)}, () => 0);
    const error = (message) => ({ kind: "error", phase: "up", code: "x", message, facts: {} });
    writer.write(error("first"));
    try { writer.write(error("second".repeat(500))); } catch (thrown) { process.stderr.write(String(thrown.code)); }
    spawnSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited:unlimited"]);
    writer.write(error("third"));
    writer[Symbol.dispose]();
  `;
  const { status, stderr } = spawnSync(
    "prlimit",
    ["--fsize=1000:unlimited", process.execPath, "--input-type=module", "--eval", script],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the writing process ended with ${status}: ${stderr}`);
  return stderr;
}

test.skipIf(process.platform !== "linux")(
  "a line for which there was no room is an error, taken back whole, and spoils none of those after it",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "healproof-journal-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "journal.ndjson");
    expect(writeWithLittleRoom(file)).toBe("EFBIG");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line)).map(({ seq, message }) => [seq, message])).toEqual([
      [0, "first"],
      [1, "third"],
    ]);
  },
);

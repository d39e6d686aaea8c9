import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { eachLine } from "./lines.ts";

test("lines come whole however they were cut, also within a character, and only at a line feed", async () => {
  const text = `{"a":"ü\u2028"}\n\n${"x".repeat(100_000)}\nrest`;
  const bytes = Buffer.from(text);
  for (const size of [1, 7, 65_536]) {
    const stream = new PassThrough();
    const lines: string[] = [];
    eachLine(stream, (line) => lines.push(line));
    for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size));
    stream.end();
    await new Promise((resolve) => stream.once("end", resolve));
    expect(lines).toEqual(text.split("\n").slice(0, -1));
  }
});

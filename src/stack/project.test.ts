import { describe, expect, test } from "vitest";
import { withoutFrames } from "./project.ts";

const frame = (stream: 0 | 1 | 2, content: Buffer | string): Buffer => {
  const body = Buffer.from(content);
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
};

describe("a container's log", () => {
  test("is read without the engine's frames, standard output and error in their order", () => {
    const raw = Buffer.concat([frame(1, "one\n"), frame(2, "two\n"), frame(1, "three\n")]);
    expect(withoutFrames(raw)).toBe("one\ntwo\nthree\n");
  });

  test("keeps a character whose bytes came in two frames", () => {
    const bytes = Buffer.from("é");
    expect(withoutFrames(Buffer.concat([frame(1, bytes.subarray(0, 1)), frame(1, bytes.subarray(1))]))).toBe("é");
  });

  test("of a container with a terminal has no frames and is read as it is, however short", () => {
    expect(withoutFrames(Buffer.from("listening on 8080\n"))).toBe("listening on 8080\n");
    expect(withoutFrames(Buffer.from("ok\n"))).toBe("ok\n");
  });

  test("that was cut off in a frame keeps what there is of it; an empty one is empty", () => {
    expect(withoutFrames(Buffer.concat([frame(1, "whole\n"), frame(1, "cut off\n").subarray(0, 11)]))).toBe(
      "whole\ncut",
    );
    expect(withoutFrames(Buffer.alloc(0))).toBe("");
    expect(withoutFrames(frame(1, ""))).toBe("");
  });
});

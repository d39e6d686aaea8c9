import { isUtf8 } from "node:buffer";
import { type Problem, placeAt } from "./problem.ts";

/** Points at the first byte that is no UTF-8. */
export function notUtf8(file: string, bytes: Uint8Array): Problem {
  let [from, to] = [0, bytes.length];
  // The first line that is not UTF-8 on its own; a line break byte is never part of another character.
  for (;;) {
    const next = bytes.indexOf(0x0a, from);
    to = next === -1 ? bytes.length : next;
    if (next === -1 || !isUtf8(bytes.subarray(from, to))) break;
    from = next + 1;
  }
  let bad = to;
  while (bad > from && !isUtf8(bytes.subarray(from, bad))) bad--;
  const decoder = new TextDecoder();
  const byte = (bytes[bad] ?? 0).toString(16).padStart(2, "0");
  return {
    message: `the file is not UTF-8 text: byte 0x${byte}`,
    at: placeAt(file, decoder.decode(bytes.subarray(0, to)), decoder.decode(bytes.subarray(0, bad)).length),
  };
}

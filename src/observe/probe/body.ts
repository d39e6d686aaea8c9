import type { Head } from "./head.ts";

/**
 * An answer's body once it is complete; undefined while it is not. Texts here are latin1, a character for each byte; what is returned is
 * read as UTF-8. `ended`: nothing more will come.
 */
export function bodyOf({ status, fields, rest }: Head, ended: boolean): string | undefined {
  if (status === 204 || status === 304) return "";
  const length = /^content-length:\s*(\d+)\s*$/im.exec(fields)?.[1];
  if (/^transfer-encoding:.*\bchunked\b/im.test(fields)) return utf8(chunks(rest));
  if (length !== undefined) return utf8(rest.length >= Number(length) ? rest.slice(0, Number(length)) : undefined);
  return utf8(ended ? rest : undefined);
}

const utf8 = (bytes: string | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes, "latin1").toString("utf8");

/** The chunks of a body put together (RFC 9112, 7.1); undefined until the last is there. */
function chunks(text: string): string | undefined {
  const size = /([0-9a-f]+)[^\r\n]*\r\n/iy;
  let body = "";
  for (;;) {
    const found = size.exec(text);
    if (!found) return undefined;
    const length = Number.parseInt(found[1] ?? "", 16);
    if (length === 0) return body;
    const end = size.lastIndex + length;
    if (text.length < end) return undefined;
    body += text.slice(size.lastIndex, end);
    size.lastIndex = end + 2; // the line's end after each chunk
  }
}

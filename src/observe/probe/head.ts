export interface Head {
  readonly status: number;
  /** The lines after the status line. */
  readonly fields: string;
  /** What came after it: the body, or its beginning. */
  readonly rest: string;
}

/** An HTTP/1.x answer's head once it is complete; undefined while it is not; `not-http` if it is no HTTP. */
export function headOf(text: string): Head | "not-http" | undefined {
  let rest = text;
  for (;;) {
    const line = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r?\n/.exec(rest);
    if (!line) return rest.length >= longestStatusLine || rest.includes("\n") ? "not-http" : undefined;
    const end = /\r?\n\r?\n/.exec(rest);
    if (!end) return rest.length > longestHead ? "not-http" : undefined;
    const status = Number(line[1]);
    const after = rest.slice(end.index + end[0].length);
    // 1xx announces that the answer itself is still to come.
    if (status >= 200) return { status, fields: rest.slice(line[0].length, end.index), rest: after };
    rest = after;
  }
}

const longestStatusLine = 1024;
const longestHead = 64 * 1024;

/** An HTTP/1.x answer's status once its headers are complete; undefined while they are not; 0 if it is no HTTP. */
export function statusOfHead(head: string): number | undefined {
  let rest = head;
  for (;;) {
    const line = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r?\n/.exec(rest);
    if (!line) return rest.length >= longestStatusLine || rest.includes("\n") ? 0 : undefined;
    const end = /\r?\n\r?\n/.exec(rest);
    if (!end) return rest.length > longestHead ? 0 : undefined;
    const status = Number(line[1]);
    // 1xx announces that the answer itself is still to come.
    if (status >= 200) return status;
    rest = rest.slice(end.index + end[0].length);
  }
}

const longestStatusLine = 1024;
const longestHead = 64 * 1024;

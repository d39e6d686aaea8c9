/** Tells each line of a stream, without its end. Not node:readline: that also breaks lines at U+2028, which JSON may hold. */
export function eachLine(stream: NodeJS.ReadableStream, tell: (line: string) => void): void {
  stream.setEncoding("utf8");
  let parts: string[] = [];
  stream.on("data", (chunk: string) => {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      parts.push(chunk.slice(from, end));
      from = end + 1;
      const line = parts.join("");
      parts = [];
      tell(line);
    }
    if (from < chunk.length) parts.push(chunk.slice(from));
  });
}

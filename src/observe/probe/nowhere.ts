import { createSocket } from "node:dgram";

/**
 * A name server for ourselves alone that knows no name. The engine's own one answers for running containers and passes
 * every other name on, so the name of a container that is down would be asked for outside, where the answer may take
 * seconds or never come. The probe's container names this one as the outside (see start.ts): "no such name", at once.
 */
export function serveNowhere(): void {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const answer = noSuchName(query);
    if (answer) socket.send(answer, port, address);
  });
  // Where the port is taken or forbidden, unknown names take as long as they take: slower, not wrong.
  socket.on("error", () => undefined);
  socket.bind(53, "127.0.0.1");
  socket.unref();
}

/** The answer NXDOMAIN (RFC 1035, 4.1.1): the query itself with two bytes changed. Undefined for what is no query. */
export function noSuchName(query: Buffer): Buffer | undefined {
  const flags = query[2];
  const isAnswer = flags === undefined || (flags & 0x80) !== 0;
  if (query.length < 12 || isAnswer) return undefined;
  const answer = Buffer.from(query);
  answer[2] = flags | 0x80; // it is an answer
  answer[3] = 0x83; // recursion available; no such name
  return answer;
}
